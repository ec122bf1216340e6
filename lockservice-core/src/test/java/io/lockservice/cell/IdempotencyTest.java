package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdempotencyTest {
    private final TestCell cell = new TestCell();

    @BeforeEach
    void openSessions() {
        cell.startEpoch();
        cell.open("a", "b");
    }

    @Test
    void theSameKeyGetsTheFirstOutcomeAndDoesNotRunAgain() {
        Reply first = cell.call(keyed(TestCell.file("f", "1"), null, "k", 7));
        long revision = cell.machine.revision();
        assertEquals(first, cell.call(keyed(TestCell.file("f", "1"), null, "k", 7)));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void theSameKeyForAnotherRequestIsAMismatch() {
        cell.call(keyed(TestCell.file("f", "1"), null, "k", 7));
        assertFailed(ProblemCode.IDEMPOTENCY_MISMATCH, cell.call(keyed(TestCell.file("g", "1"), null, "k", 8)));
        assertInstanceOf(Reply.Written.class, cell.call(keyed(TestCell.file("f", "1"), null, "k", 7)));
    }

    @Test
    void sessionsAndPrincipalsHaveTheirOwnKeys() {
        cell.call(keyed(TestCell.file("f", ""), null, "k", 1));
        cell.call(keyed(TestCell.file("f", ""), "a", "k", 2));
        cell.call(keyed(TestCell.file("f", ""), "b", "k", 3));
        cell.call(new ClientCall(TestCell.file("f", ""), "alice", null, new ClientCall.Idempotency("k", 4), null));
        assertEquals(4, cell.stat("f").contentGeneration());
        assertEquals(4, cell.machine.keptKeyCount());
    }

    @Test
    void aRefusalTheStateDecidedIsKept() {
        Request.WriteFile create =
                new Request.WriteFile(name("f"), Content.EMPTY, new Condition(null, true, false), false, false);
        cell.write("f", "");
        assertFailed(ProblemCode.GENERATION_MISMATCH, cell.call(keyed(create, null, "k", 1)));
        cell.delete("f", false);
        assertFailed(ProblemCode.GENERATION_MISMATCH, cell.call(keyed(create, null, "k", 1)));
    }

    @Test
    void aRefusalThatNeverGotSoFarIsNotKept() {
        Request.WriteFile large = TestCell.file("f", "x".repeat(TestCell.MAX_CONTENT_BYTES + 1));
        assertFailed(ProblemCode.CONTENT_TOO_LARGE, cell.call(keyed(large, null, "k", 1)));
        assertInstanceOf(Reply.Written.class, cell.call(keyed(TestCell.file("f", "x"), null, "k", 2)));
    }

    @Test
    void aWaitGoesOnAndItsGrantIsTheOutcome() {
        cell.exclusive("a", "lock");
        ClientCall wait = keyed(TestCell.acquire("lock", EXCLUSIVE, 1_000), "b", "k", 1);
        assertEquals(new Reply.Queued(1), cell.call(wait));
        assertEquals(new Reply.Queued(1), cell.call(wait));
        cell.release("a", "lock");
        Reply granted = cell.call(wait);
        assertInstanceOf(Reply.Granted.class, granted);
        cell.release("b", "lock");
        assertEquals(granted, cell.call(wait));
        assertNull(cell.machine.held(name("lock"), "b"));
    }

    @Test
    void aWaitThatEndedWithoutAGrantIsRefusedAlsoWhenTheLockIsFreeByThen() {
        cell.exclusive("a", "lock");
        ClientCall wait = keyed(TestCell.acquire("lock", EXCLUSIVE, 1_000), "b", "k", 1);
        cell.call(wait);
        cell.withdraw("b", "lock");
        cell.release("a", "lock");
        assertFailed(ProblemCode.LOCK_HELD, cell.call(wait));
    }

    @Test
    void aSessionsKeysDieWithIt() {
        ClientCall write = keyed(TestCell.file("f", ""), "a", "k", 1);
        cell.call(write);
        cell.expire("a");
        assertFailed(ProblemCode.SESSION_EXPIRED, cell.call(write));
        cell.open("a");
        cell.call(write);
        assertEquals(2, cell.stat("f").contentGeneration());
    }

    @Test
    void whatADeadSessionAsksIsNotKept() {
        long digest = digestAfter(keyed(TestCell.file("f", ""), "never", "k", 1));
        assertEquals(digest, digestAfter(ClientCall.of(TestCell.file("f", ""), "never")));
    }

    @Test
    void openingAndClosingASessionArePrincipalsBusiness() {
        Request.OpenSession open = new Request.OpenSession("s", "", 5_000, Map.of());
        Reply opened = cell.call(keyed(open, null, "k1", 1));
        Request.CloseSession close = new Request.CloseSession("s", 0);
        assertEquals(new Reply.Done(), cell.call(keyed(close, "s", "k2", 1)));
        assertEquals(new Reply.Done(), cell.call(keyed(close, "s", "k2", 1)));
        assertEquals(opened, cell.call(keyed(open, null, "k1", 1)));
        assertEquals(2, cell.machine.keptKeyCount());
    }

    @Test
    void keysAreRetiredByRevisionAndEpoch() {
        cell.call(keyed(TestCell.file("f", ""), null, "k1", 1));
        long first = cell.machine.revision();
        cell.call(keyed(TestCell.file("f", ""), null, "k2", 1));
        cell.call(keyed(TestCell.file("f", ""), "a", "k3", 1));
        cell.apply(new Command.RetireKeys(cell.machine.epoch() + 1, first));
        assertEquals(3, cell.machine.keptKeyCount());
        cell.apply(new Command.RetireKeys(cell.machine.epoch(), first));
        assertEquals(2, cell.machine.keptKeyCount());
        cell.call(keyed(TestCell.file("f", ""), null, "k1", 1));
        cell.call(keyed(TestCell.file("f", ""), null, "k2", 1));
        cell.call(keyed(TestCell.file("f", ""), "a", "k3", 1));
        assertEquals(4, cell.stat("f").contentGeneration());
    }

    @Test
    void aLivingSessionDoesNotKeepItsKeysForEver() {
        cell.call(keyed(TestCell.file("f", ""), "a", "k", 1));
        cell.apply(new Command.RetireKeys(cell.machine.epoch(), cell.machine.revision()));
        assertEquals(0, cell.machine.keptKeyCount());
        cell.expire("a");
        assertEquals(0, cell.machine.keptKeyCount());
    }

    @Test
    void aKeyOfARefusalIsNotRetiredByARevisionFromBeforeItButByALaterOne() {
        long before = cell.machine.revision();
        ClientCall refused = keyed(new Request.ForceRelease(name("missing")), null, "k", 1);
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(refused));
        assertEquals(before, cell.machine.revision());
        cell.apply(new Command.RetireKeys(cell.machine.epoch(), before));
        assertEquals(1, cell.machine.keptKeyCount());
        assertNotEquals(before, cell.machine.revision());
        cell.apply(new Command.RetireKeys(cell.machine.epoch(), cell.machine.revision()));
        assertEquals(0, cell.machine.keptKeyCount());
    }

    private static long digestAfter(ClientCall call) {
        TestCell fresh = new TestCell();
        fresh.call(call);
        return fresh.machine.digest();
    }

    private static ClientCall keyed(Request.Write request, @Nullable String session, String key, long fingerprint) {
        return new ClientCall(
                request, ClientCall.ANONYMOUS, session, new ClientCall.Idempotency(key, fingerprint), null);
    }
}
