package io.lockservice.client.shedlock;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A lock with a time: held by a session of its own, whose lease is the time, so that nobody has to live for it to end. Only
 * where it is extended beyond its first time, or that is longer than a lease can be, does it need keep-alives. Confined to
 * the client's loop but for what is read.
 */
final class TimedHold {
    private static final System.Logger LOG = System.getLogger(TimedHold.class.getName());
    private static final long MIN_LEASE_MS = 1_000;
    private static final long MAX_LEASE_MS = 86_400_000;
    private static final int KEEP_ALIVES_PER_LEASE = 3;
    private static final Set<String> TAKEN = Set.of("lock-held", "lock-delayed");

    private final LockServiceClient client;
    private final Loop loop;
    private final String name;
    private final String session;
    private final long leaseMs;
    private final long token;
    private final String sequencer;
    private final Promise<Void> ended = Promise.promise();
    private volatile long endNanos;
    private long leaseFromNanos;
    private boolean ending;
    private Loop.@Nullable Timer timer;

    private TimedHold(LockServiceClient client, String name, Opened opened, JsonNode grant, long endNanos) {
        this.client = client;
        this.loop = client.loop();
        this.name = name;
        this.session = opened.session;
        this.leaseMs = opened.leaseMs;
        this.leaseFromNanos = opened.sentNanos;
        this.token = grant.path("token").asLong();
        this.sequencer = grant.path("sequencer").asText();
        this.endNanos = endNanos;
    }

    /** A session with a lease that runs since it was sent. */
    private record Opened(String session, long leaseMs, long sentNanos) {}

    /** The lock, from {@code startNanos} on for {@code atMost}; empty where it is taken. */
    static Future<Optional<TimedHold>> acquire(
            LockServiceClient client, String name, String owner, Duration atMost, long startNanos) {
        // Who finds it held, as all but one do with every run of a task, leaves no trace in the cell's log.
        return isFree(client, name)
                .compose(free -> free
                        ? open(client, owner, atMost)
                                .compose(opened -> grant(client, name, opened)
                                        .map(grant -> grant.map(json ->
                                                begun(client, name, opened, json, startNanos + atMost.toNanos()))))
                        : Future.succeededFuture(Optional.empty()));
    }

    String name() {
        return name;
    }

    long token() {
        return token;
    }

    String sequencer() {
        return sequencer;
    }

    /** Whether its time is over; from any thread. */
    boolean isOver() {
        return loop.nanoTime() - endNanos >= 0;
    }

    /** When the cell knows that it ended. */
    Future<Void> ended() {
        return ended.future();
    }

    void onEnd(Runnable action) {
        ended.future().onComplete((done, failure) -> action.run());
    }

    /**
     * Ends it at {@code atNanos}, or now where that is over. The future fails where the cell does not answer in time; the
     * end goes on being tried, and comes with the lease at the latest.
     */
    Future<Void> release(long atNanos) {
        return loop.call(() -> {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(atNanos - loop.nanoTime());
            if (ending || leftMs <= 0) {
                return end();
            }
            endNanos = atNanos;
            await();
            if (leftMs > leaseMs) {
                // Longer than the lease nobody but this program can keep it.
                return Future.succeededFuture();
            }
            // Should this program be gone by then, the cell ends it: not before, so the lease has to reach so far.
            Future<Void> reaches = lasts() ? Future.succeededFuture() : renew();
            return reaches.compose(ignored -> close("?afterMs=" + leftMs, client.newIdempotencyKey()));
        });
    }

    /** Whether it is held for {@code atMost} from now on. Where it is not, it is not held at all any more. */
    Future<Boolean> extend(Duration atMost) {
        return loop.call(() -> {
            long nowNanos = loop.nanoTime();
            if (ending || isOver()) {
                return end().map(false);
            }
            return renew().compose(ignored -> isValid())
                    .compose(valid -> {
                        if (!valid || ending || isOver()) {
                            return end().map(false);
                        }
                        endNanos = nowNanos + atMost.toNanos();
                        await();
                        return Future.succeededFuture(true);
                    })
                    .recover(failure -> failure instanceof SessionExpiredException
                            ? end().map(false)
                            : Future.failedFuture(failure));
        });
    }

    private static TimedHold begun(
            LockServiceClient client, String name, Opened opened, JsonNode grant, long endNanos) {
        TimedHold hold = new TimedHold(client, name, opened, grant, endNanos);
        client.loop().execute(hold::await);
        return hold;
    }

    private static Future<Boolean> isFree(LockServiceClient client, String name) {
        return client.execute(Operation.get(DistributedLock.path(name)))
                .map(response -> response.json().path("holders").isEmpty())
                .recover(failure -> codeOf(failure).equals("no-such-node")
                        ? Future.succeededFuture(true)
                        : Future.failedFuture(failure));
    }

    private static Future<Opened> open(LockServiceClient client, String owner, Duration atMost) {
        long leaseMs = Math.max(MIN_LEASE_MS, Math.min(MAX_LEASE_MS, atMost.toMillis()));
        long sentNanos = client.loop().nanoTime();
        JsonObject body = new JsonObject().put("client", owner).put("leaseMs", leaseMs);
        return client.execute(Operation.post("/v1/sessions").json(body))
                .map(response -> new Opened(response.json().path("session").asText(), leaseMs, sentNanos));
    }

    /** Where it is not granted, the session is of no use, and holds the lock if the answer was lost. */
    private static Future<Optional<JsonNode>> grant(LockServiceClient client, String name, Opened opened) {
        Operation request = Operation.put(DistributedLock.path(name))
                .header("Lockservice-Session", opened.session)
                .json(new JsonObject().put("waitMs", 0));
        return client.execute(request)
                .map(response -> Optional.of(response.json()))
                .recover(failure -> {
                    closeAtLast(client, opened.session, client.newIdempotencyKey())
                            .onFailure(again -> LOG.log(System.Logger.Level.DEBUG, "ends with its lease", again));
                    return TAKEN.contains(codeOf(failure))
                            ? Future.succeededFuture(Optional.empty())
                            : Future.failedFuture(failure);
                });
    }

    /** Whether the lease reaches to the end without another keep-alive. */
    private boolean lasts() {
        return leaseFromNanos + TimeUnit.MILLISECONDS.toNanos(leaseMs) - endNanos >= 0;
    }

    /** Waits for the end, and keeps the session alive until then where its lease is too short for it. */
    private void await() {
        if (timer != null) {
            timer.cancel();
        }
        if (ending) {
            return;
        }
        long nowNanos = loop.nanoTime();
        long leaseNanos = TimeUnit.MILLISECONDS.toNanos(leaseMs);
        long dueNanos = leaseFromNanos + leaseNanos / KEEP_ALIVES_PER_LEASE;
        long waitNanos = (lasts() || dueNanos - endNanos > 0 ? endNanos : dueNanos) - nowNanos;
        timer = loop.after(Loop.ceilMs(waitNanos), this::come);
    }

    private void come() {
        if (isOver()) {
            end().onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "ends with its lease: " + name, failure));
            return;
        }
        renew().onComplete((done, failure) -> {
            if (failure instanceof SessionExpiredException) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        name + " was lost before its time was over: " + failure.getMessage());
                end().onFailure(again -> LOG.log(System.Logger.Level.DEBUG, "not closed", again));
            } else if (failure != null && !ending) {
                timer = loop.after(MIN_LEASE_MS / KEEP_ALIVES_PER_LEASE, this::come);
            } else {
                await();
            }
        });
    }

    private Future<Void> renew() {
        long sentNanos = loop.nanoTime();
        return client.execute(Operation.query("/v1/sessions/" + session + "/keepalive"))
                .map(response -> {
                    leaseFromNanos = sentNanos;
                    return null;
                });
    }

    /** A session may live on without the lock: an operator can release it. */
    private Future<Boolean> isValid() {
        return client.execute(Operation.checkSequencer(sequencer))
                .map(Response::json)
                .map(answer -> answer.path("valid").asBoolean(false));
    }

    /** Now, and again until the cell has said so or the lease is over. */
    private Future<Void> end() {
        if (ending) {
            return ended();
        }
        ending = true;
        if (!isOver()) {
            endNanos = loop.nanoTime();
        }
        if (timer != null) {
            timer.cancel();
        }
        String key = client.newIdempotencyKey();
        Future<Void> first = close("", key);
        first.recover(failure ->
                        Problems.isDefinite(failure) ? Future.failedFuture(failure) : closeAtLast(client, session, key))
                .onComplete(ended);
        return first;
    }

    private Future<Void> close(String query, String key) {
        return close(client, session, query, key);
    }

    private static Future<Void> close(LockServiceClient client, String session, String query, String key) {
        return client.execute(
                        Operation.delete("/v1/sessions/" + session + query).idempotencyKey(key))
                .<Void>mapEmpty()
                .recover(failure -> failure instanceof SessionExpiredException
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    private static Future<Void> closeAtLast(LockServiceClient client, String session, String key) {
        return close(client, session, "", key)
                .recover(failure -> Problems.isDefinite(failure)
                        ? Future.failedFuture(failure)
                        : closeAtLast(client, session, key));
    }

    private static String codeOf(Throwable failure) {
        return failure instanceof LockServiceException refusal ? refusal.code() : "";
    }
}
