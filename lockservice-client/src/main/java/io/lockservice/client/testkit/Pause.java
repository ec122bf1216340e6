package io.lockservice.client.testkit;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** A thread that makes no progress for a while, as in a long collection of garbage. */
final class Pause {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    private Pause() {}

    /** Holds up the one thread of {@code loop}. Returns once it stands still; it goes on after {@code atMost} at the latest. */
    static Pause begin(Executor loop, Duration atMost) {
        if (atMost.isNegative() || atMost.isZero()) {
            throw new IllegalArgumentException("a pause takes some time, not " + atMost);
        }
        long nanos = atMost.toNanos();
        Pause pause = new Pause();
        loop.execute(() -> pause.hold(nanos));
        Waiting.until(() -> pause.begun.getCount() == 0 ? pause : null, "a thread is to be paused");
        return pause;
    }

    private void hold(long nanos) {
        begun.countDown();
        try {
            if (!over.await(nanos, TimeUnit.NANOSECONDS)) {
                over.countDown();
            }
        } catch (InterruptedException e) {
            over.countDown();
            Thread.currentThread().interrupt();
        }
    }

    /** The thread goes on. */
    void end() {
        over.countDown();
    }

    boolean isOver() {
        return over.getCount() == 0;
    }
}
