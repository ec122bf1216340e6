package io.lockservice.session;

import java.util.ArrayDeque;

/**
 * Holds back what may only be said by a replica that surely leads: reads and keep-alives. With a lease that is at once;
 * without one it waits until a majority has confirmed a round sent after the question came.
 */
final class Confirmation {
    private record Question(long sinceNanos, Runnable answer) {}

    private final DutyHost host;
    private final ArrayDeque<Question> waiting = new ArrayDeque<>();
    private long askedNanos = Long.MIN_VALUE;

    Confirmation(DutyHost host) {
        this.host = host;
    }

    /** Runs {@code answer} now or later, once it is certain that this replica led at {@code nowNanos} or after. */
    void whenCurrent(long nowNanos, Runnable answer) {
        if (waiting.isEmpty() && host.hasLease()) {
            answer.run();
            return;
        }
        waiting.add(new Question(nowNanos, answer));
        if (askedNanos != nowNanos) {
            askedNanos = nowNanos;
            host.confirm();
        }
    }

    /** Runs what has become certain. Called at the end of each step. */
    void settle() {
        while (!waiting.isEmpty() && host.ledAt(waiting.peek().sinceNanos())) {
            waiting.remove().answer().run();
        }
    }

    void clear() {
        waiting.clear();
    }
}
