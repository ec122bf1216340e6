package io.lockservice.client.coordination;

import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A program that wants to be in a group until it is closed. Each membership is one of its own, with a larger token than the last,
 * and nothing pretends that there was none lost in between.
 */
public final class StandingMembership implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StandingMembership.class.getName());
    private static final long FIRST_PAUSE_MS = 200;
    private static final long MAX_PAUSE_MS = 5_000;

    private final GroupMembership group;
    private final LockServiceClient client;
    private final Loop loop;
    private final String id;
    private final SessionOptions options;
    private final Listener listener;
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private final Supplier<Future<Void>> closer = this::shutdown;
    private Buffer data;
    private @Nullable Session session;
    private volatile @Nullable Membership membership;
    private boolean closed;
    private int failures;

    /** Told on the client's loop: must not block. */
    public interface Listener {
        /** It is in the group, the first time or again. */
        void joined(Membership membership);

        /** That membership is over, and it is tried to join again. Not called when it is closed. */
        default void lost(LockServiceException reason) {}
    }

    StandingMembership(
            GroupMembership group,
            LockServiceClient client,
            String id,
            Buffer data,
            SessionOptions options,
            Listener listener) {
        this.group = group;
        this.client = client;
        this.loop = client.loop();
        this.id = id;
        this.data = data;
        this.options = options;
        this.listener = listener;
    }

    StandingMembership begun() {
        client.addCloser(closer);
        loop.execute(this::join);
        return this;
    }

    /** The membership that is; empty while there is none. From any thread. */
    public Optional<Membership> membership() {
        Membership now = membership;
        return now != null && now.isMember() ? Optional.of(now) : Optional.empty();
    }

    /** Tells the group something else, now and after joining again. */
    public Future<Void> setData(Buffer value) {
        return loop.call(() -> {
            data = value;
            Membership now = membership;
            return now == null ? Future.succeededFuture() : now.setData(value);
        });
    }

    /** Leaves the group and ends the own session. */
    public Future<Void> shutdown() {
        return loop.call(() -> {
            closed = true;
            client.removeCloser(closer);
            Membership now = membership;
            membership = null;
            Session last = session;
            Future<Void> left = now == null ? Future.succeededFuture() : now.leave();
            return left.transform(ignored -> last == null ? Future.<Void>succeededFuture() : last.close());
        });
    }

    /** Starts {@link #shutdown} and does not wait for it. */
    @Override
    public void close() {
        shutdown().onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, id + " leaves with its lease", failure));
    }

    private void join() {
        if (closed) {
            return;
        }
        Session now = session;
        if (now == null || now.state() == Session.State.EXPIRED) {
            client.openSession(options)
                    .onComplete((opened, failure) -> loop.execute(() -> {
                        if (failure != null) {
                            again(failure);
                        } else if (closed) {
                            opened.close();
                        } else {
                            session = opened;
                            join(opened);
                        }
                    }));
        } else {
            join(now);
        }
    }

    private void join(Session with) {
        Buffer told = data;
        group.join(with, id, told)
                .onComplete((joined, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        again(failure);
                    } else if (closed) {
                        joined.leave();
                    } else {
                        in(joined, told);
                    }
                }));
    }

    private void in(Membership joined, Buffer told) {
        failures = 0;
        membership = joined;
        joined.onLost(reason -> {
            membership = null;
            tell(() -> listener.lost(reason));
            join();
        });
        tell(() -> listener.joined(joined));
        if (told != data) {
            joined.setData(data)
                    .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "not told the newest data", failure));
        }
    }

    /** Where its last session is over here and not yet in the cell, its own id is still taken for a while. */
    private void again(Throwable failure) {
        failures++;
        System.Logger.Level level =
                Integer.bitCount(failures) == 1 ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, id + " has not joined " + group.directory() + " yet: " + failure.getMessage());
        loop.after(pauses.delayMs(failures), this::join);
    }

    private static void tell(Runnable what) {
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the listener of a membership failed", e);
        }
    }
}
