package io.lockservice.sim.linearizability;

import static io.lockservice.sim.linearizability.LockAnswer.GRANTED;
import static io.lockservice.sim.linearizability.LockAnswer.HELD;
import static io.lockservice.sim.linearizability.LockAnswer.NOT_HELD;
import static io.lockservice.sim.linearizability.LockAnswer.RELEASED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LockLinearizabilityTest {
    private final List<Operation<LockCall, LockAnswer>> history = new ArrayList<>();

    @Test
    void heldReleasedAndHeldByAnother() {
        did(exclusive("a"), GRANTED, 0, 1);
        did(exclusive("b"), HELD, 2, 3);
        did(new LockCall.Release("a"), RELEASED, 4, 5);
        did(exclusive("b"), GRANTED, 6, 7);
        did(new LockCall.Release("a"), NOT_HELD, 8, 9);
        good();
    }

    @Test
    void aWaiterIsGrantedBetweenReleaseAndAnswer() {
        did(exclusive("a"), GRANTED, 0, 1);
        did(exclusive("b"), GRANTED, 2, 9);
        did(new LockCall.Release("a"), RELEASED, 3, 4);
        did(exclusive("c"), HELD, 5, 6);
        good();
    }

    @Test
    void twoExclusiveHolders() {
        did(exclusive("a"), GRANTED, 0, 1);
        did(exclusive("b"), GRANTED, 2, 3);
        bad();
    }

    @Test
    void sharedHoldersShareAndExcludeOthers() {
        did(shared("a"), GRANTED, 0, 1);
        did(shared("b"), GRANTED, 2, 3);
        did(exclusive("c"), HELD, 4, 5);
        good();
        did(exclusive("d"), GRANTED, 6, 7);
        bad();
    }

    @Test
    void anEndedSessionGivesItsLockUp() {
        did(exclusive("a"), GRANTED, 0, 1);
        history.add(Operation.unknown(new LockCall.End("a"), 5));
        did(exclusive("b"), GRANTED, 6, 7);
        did(new LockCall.Release("a"), NOT_HELD, 8, 9);
        good();
    }

    @Test
    void butNotBeforeItMayEnd() {
        did(exclusive("a"), GRANTED, 0, 1);
        history.add(Operation.unknown(new LockCall.End("a"), 8));
        did(exclusive("b"), GRANTED, 6, 7);
        bad();
    }

    @Test
    void refusedThoughFree() {
        did(exclusive("a"), HELD, 0, 1);
        bad();
    }

    @Test
    void anAcquireOfUnknownOutcomeMayHold() {
        history.add(Operation.unknown(exclusive("a"), 0));
        did(exclusive("b"), HELD, 2, 3);
        good();
    }

    @Test
    void anAcquireOfUnknownOutcomeTakesEffectInItsTimeOnly() {
        history.add(Operation.unknownUntil(exclusive("a"), 0, 4));
        did(exclusive("b"), HELD, 5, 6);
        good();
        did(exclusive("b"), GRANTED, 7, 8);
        bad();
        history.remove(2);
        history.set(0, Operation.unknownUntil(exclusive("a"), 7, 8));
        bad();
    }

    @Test
    void manySessionsOfUnknownFateAreDecided() {
        for (int i = 0; i < 25; i++) {
            history.add(Operation.unknown(exclusive("s" + i), i));
            history.add(Operation.unknown(new LockCall.End("s" + i), i));
        }
        did(exclusive("b"), GRANTED, 40, 41);
        did(exclusive("c"), HELD, 42, 43);
        did(new LockCall.Release("b"), RELEASED, 44, 45);
        did(exclusive("c"), GRANTED, 46, 47);
        good();
    }

    private static LockCall exclusive(String session) {
        return new LockCall.Acquire(session, false);
    }

    private static LockCall shared(String session) {
        return new LockCall.Acquire(session, true);
    }

    private void did(LockCall call, LockAnswer answer, long from, long to) {
        history.add(Operation.answered(call, answer, from, to));
    }

    private void good() {
        assertEquals(Optional.empty(), Linearizability.problem(history, new LockModel()));
    }

    private void bad() {
        assertTrue(Linearizability.problem(history, new LockModel()).isPresent());
    }
}
