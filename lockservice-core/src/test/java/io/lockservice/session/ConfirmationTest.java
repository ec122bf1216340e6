package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfirmationTest {
    private final Host host = new Host();
    private final Confirmation confirmation = new Confirmation(host);
    private final List<String> answered = new ArrayList<>();

    @Test
    void withALeaseTheAnswerIsGivenAtOnce() {
        host.lease = true;
        ask(10, "a");
        assertEquals(List.of("a"), answered);
        assertEquals(0, host.confirmations);
    }

    @Test
    void withoutOneItWaitsForARoundSentAfterTheQuestion() {
        ask(10, "a");
        host.ledAt = 9;
        confirmation.settle();
        assertEquals(List.of(), answered);
        host.ledAt = 10;
        confirmation.settle();
        assertEquals(List.of("a"), answered);
    }

    @Test
    void aLeaseThatComesBackOvertakesNobodyWhoWaits() {
        ask(10, "a");
        host.lease = true;
        ask(11, "b");
        assertEquals(List.of(), answered);
        host.ledAt = 11;
        confirmation.settle();
        assertEquals(List.of("a", "b"), answered);
    }

    @Test
    void questionsOfOneMomentShareARound() {
        ask(10, "a");
        ask(10, "b");
        ask(11, "c");
        assertEquals(2, host.confirmations);
        host.ledAt = 10;
        confirmation.settle();
        assertEquals(List.of("a", "b"), answered);
    }

    @Test
    void whoLeadsNoMoreAnswersNothing() {
        ask(10, "a");
        confirmation.clear();
        host.ledAt = 20;
        confirmation.settle();
        assertEquals(List.of(), answered);
    }

    private void ask(long nowNanos, String name) {
        confirmation.whenCurrent(nowNanos, () -> answered.add(name));
    }

    private static final class Host extends SureLeader {
        private boolean lease;
        private long ledAt;
        private int confirmations;

        @Override
        public boolean hasLease() {
            return lease;
        }

        @Override
        public boolean ledAt(long sinceNanos) {
            return ledAt - sinceNanos >= 0;
        }

        @Override
        public void confirm() {
            confirmations++;
        }
    }
}
