package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.time.Lease;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session alive (Burrows, section 2.8): there is always one keep-alive that waits at the cell for a quarter of the
 * lease, so that what the session is told comes at once, and the next one says that it was taken in. One that fails is
 * repeated without a wait, at all replicas until one answers. Confined to the loop.
 *
 * <p>When all goes well the lease has half of its time left at the least: a wait of a quarter, after one that began a
 * quarter earlier.
 */
final class KeepAlives {
    private static final int WAITS_PER_LEASE = 4;
    private static final int PAUSES_PER_LEASE = 12;

    /** Short enough for any proxy. */
    private static final long MAX_WAIT_MS = 20_000;

    private final Session session;
    private final Failover failover;
    private final Loop loop;
    private final int driftPercent;
    private long leaseMs;
    private long ack;
    private long waitedNanos;
    private Loop.@Nullable Timer timer;
    private @Nullable Attempts attempts;

    KeepAlives(Session session, Failover failover, int driftPercent) {
        this.session = session;
        this.failover = failover;
        this.loop = failover.loop();
        this.driftPercent = driftPercent;
        this.leaseMs = session.leaseMs();
        // One that was opened late begins without waiting, and a monotonic clock may be below 0.
        this.waitedNanos = loop.nanoTime();
    }

    void start() {
        send();
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
        if (attempts != null) {
            attempts.cancel(new IllegalStateException("the session is over"));
        }
    }

    /** Waits where the lease has room for that: whoever is in jeopardy wants an answer. */
    private void send() {
        send(hasTimeToWait());
    }

    private boolean hasTimeToWait() {
        return session.remainingMs() >= leaseMs / 2;
    }

    private void send(boolean waits) {
        long waitMs = waits ? waitMs() : 0;
        long sleptNanos = loop.sleptNanos();
        waitedNanos = waits ? loop.nanoTime() : waitedNanos;
        Attempts started = failover.start(Operation.keepAlive(session.id(), leaseMs, ack, waitMs));
        attempts = started;
        started.future().onComplete((answered, failure) -> {
            if (session.isOver()) {
                return;
            }
            if (answered != null) {
                renewed(answered, sleptNanos, waits);
            } else if (failure != null) {
                failed(failure, waits);
            }
        });
    }

    private long waitMs() {
        return Math.min(MAX_WAIT_MS, leaseMs / WAITS_PER_LEASE);
    }

    /** {@code sleptNanos}: what the machine was suspended for before it was sent. What came after counts as gone by. */
    private void renewed(Failover.Answered answered, long sleptNanos, boolean waited) {
        JsonNode body = answered.response().json();
        leaseMs = Math.max(1, body.path("leaseMs").asLong(session.leaseMs()));
        long remainingMs = Math.min(leaseMs, body.path("remainingMs").asLong(leaseMs));
        session.renewed(Lease.endNanos(answered.sentNanos() + sleptNanos, remainingMs, driftPercent));
        boolean isNews = takeIn(body.path("events"));
        if (!session.isOver()) {
            next(answered.sentNanos(), waited, isNews);
        }
    }

    private boolean takeIn(JsonNode events) {
        boolean isNews = false;
        for (JsonNode event : events) {
            long seq = event.path("seq").asLong(0);
            if (seq > ack && !session.isOver()) {
                ack = seq;
                isNews = true;
                session.event(SessionListener.Event.read(event));
            }
        }
        return isNews;
    }

    /**
     * An answer that came sooner than was asked for, and told nothing, must not make the next one come at once; nor must one
     * to a repeat, where what waits fails each time, nor one that leaves no time to wait.
     */
    private void next(long sentNanos, boolean waited, boolean isNews) {
        long tookMs = TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - sentNanos);
        long sinceWaitMs = TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - waitedNanos);
        long pauseMs = waited ? waitMs() - tookMs : pauseMs() - (hasTimeToWait() ? sinceWaitMs : tookMs);
        if (isNews || pauseMs <= 0 || (waited && tookMs >= waitMs() / 2)) {
            send();
        } else {
            timer = loop.after(pauseMs, this::send);
        }
    }

    private long pauseMs() {
        return Math.max(50, leaseMs / PAUSES_PER_LEASE);
    }

    /** Anything but the end of the session may be somebody's passing trouble: go on as long as the session may live. */
    private void failed(Throwable failure, boolean waited) {
        session.noticeEnd(failure);
        session.look();
        if (session.isOver()) {
            return;
        }
        if (waited) {
            send(false);
        } else {
            timer = loop.after(pauseMs(), () -> send(false));
        }
    }
}
