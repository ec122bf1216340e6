package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a session alive: one keep-alive every third of the lease, on connections of their own, tried at all replicas
 * until one answers. Confined to the loop.
 */
final class KeepAlives {
    private static final int PER_LEASE = 3;
    private static final int PAUSES_PER_LEASE = 12;

    private final Session session;
    private final Failover failover;
    private final Loop loop;
    private final int driftPercent;
    private long ack;
    private Loop.@Nullable Timer timer;
    private @Nullable Attempts attempts;

    KeepAlives(Session session, Failover failover, int driftPercent) {
        this.session = session;
        this.failover = failover;
        this.loop = failover.loop();
        this.driftPercent = driftPercent;
    }

    void start(long lastSentNanos) {
        long dueNanos = lastSentNanos + TimeUnit.MILLISECONDS.toNanos(session.leaseMs() / PER_LEASE);
        timer = loop.after(Loop.ceilMs(dueNanos - loop.nanoTime()), this::send);
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
        }
        if (attempts != null) {
            attempts.cancel(new IllegalStateException("the session is over"));
        }
    }

    private void send() {
        Attempts started = failover.start(Operation.keepAlive(session.id(), session.leaseMs(), ack));
        attempts = started;
        started.future().onComplete((answered, failure) -> {
            if (session.isOver()) {
                return;
            }
            if (answered != null) {
                renewed(answered);
            } else if (failure != null) {
                failed(failure);
            }
        });
    }

    private void renewed(Failover.Answered answered) {
        JsonNode body = answered.response().json();
        long leaseMs = body.path("leaseMs").asLong(session.leaseMs());
        long remainingMs = Math.min(leaseMs, body.path("remainingMs").asLong(leaseMs));
        session.renewed(Lease.endNanos(answered.sentNanos(), remainingMs, driftPercent));
        for (JsonNode event : body.path("events")) {
            long seq = event.path("seq").asLong(0);
            if (seq > ack) {
                ack = seq;
                session.event(new SessionListener.Event(
                        seq, event.path("type").asText(""), event.path("name").asText("")));
            }
        }
        if (!session.isOver()) {
            start(answered.sentNanos());
        }
    }

    /** Anything but the end of the session may be somebody's passing trouble: go on as long as the session may live. */
    private void failed(Throwable failure) {
        session.noticeEnd(failure);
        session.look();
        if (!session.isOver()) {
            timer = loop.after(Math.max(50, session.leaseMs() / PAUSES_PER_LEASE), this::send);
        }
    }
}
