package io.lockservice.client;

import io.lockservice.client.observe.ClientObserver;
import io.lockservice.client.observe.Observers;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gets operations done by a cell some of whose replicas may be dead: asks another replica where one fails, pauses between
 * rounds, and gives up at the operation's deadline. Confined to the loop.
 */
final class Failover {
    private static final long FIRST_PAUSE_MS = 25;

    private final Loop loop;
    private final Transport transport;
    private final ClientOptions options;
    private final Random random;
    private final String keyPrefix;
    private final Endpoints endpoints;
    private final LongConsumer epochSeen;
    private final Observers observers;
    private final AtomicLong keys = new AtomicLong();
    private final Set<Attempts> open = new LinkedHashSet<>();
    private boolean closed;

    Failover(
            Loop loop,
            Transport transport,
            ClientOptions options,
            Chance chance,
            LongConsumer epochSeen,
            Observers observers) {
        this.loop = loop;
        this.transport = transport;
        this.options = options;
        this.random = chance.random();
        this.keyPrefix = chance.keyPrefix();
        this.endpoints = new Endpoints(options.addresses(), options.maxBackoffMs(), random);
        this.epochSeen = epochSeen;
        this.observers = observers;
    }

    /**
     * What would make two clients differ.
     *
     * @param random for the length of pauses
     * @param keyPrefix starts all idempotency keys; no two clients may have the same
     */
    record Chance(Random random, String keyPrefix) {}

    /**
     * An answer that is final.
     *
     * @param response what the cell said, never a refusal
     * @param firstSentNanos when the first attempt went out: nothing was done before
     * @param sentNanos when the attempt that was answered went out
     */
    record Answered(Response response, long firstSentNanos, long sentNanos) {}

    /** Starts an operation. */
    Attempts start(Operation operation) {
        return start(operation, loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(withinMs(operation)));
    }

    /** Starts an operation of which a part of the time has gone by. */
    Attempts start(Operation operation, long deadlineNanos) {
        String key = operation.key() == null && operation.isWrite() ? nextKey() : operation.key();
        Attempts attempts = new Attempts(this, operation, key, headers(operation, key), deadlineNanos);
        attempts.future().onComplete((answered, failure) -> {
            open.remove(attempts);
            observe(operation, attempts, answered, failure);
        });
        if (closed) {
            attempts.clientClosed();
        } else {
            open.add(attempts);
            attempts.begin();
        }
        return attempts;
    }

    /** Nobody will be left to tell how it went: what is under way fails now, and what comes later at once. */
    void close() {
        closed = true;
        List.copyOf(open).forEach(Attempts::clientClosed);
    }

    private void observe(
            Operation operation, Attempts attempts, @Nullable Answered answered, @Nullable Throwable failure) {
        ClientObserver.Outcome outcome = outcome(failure);
        long nowNanos = loop.nanoTime();
        if (operation.timing().lane() == Lane.KEEP_ALIVE) {
            long fromNanos = answered == null ? attempts.startNanos() : answered.sentNanos();
            observers.tell(observer -> observer.keepAlive(outcome, nowNanos - fromNanos));
        } else {
            long nanos = nowNanos - attempts.startNanos();
            observers.tell(observer -> observer.operation(
                    operation.method().name(), operation.path(), outcome, attempts.retries(), nanos));
        }
    }

    private static ClientObserver.Outcome outcome(@Nullable Throwable failure) {
        if (failure == null) {
            return ClientObserver.Outcome.DONE;
        } else if (failure instanceof OutcomeUnknownException) {
            return ClientObserver.Outcome.UNKNOWN;
        } else if (failure instanceof NoLeaderException) {
            return ClientObserver.Outcome.NOT_DONE;
        }
        return failure instanceof LockServiceException
                ? ClientObserver.Outcome.REFUSED
                : ClientObserver.Outcome.CANCELLED;
    }

    /** A key no other operation of any client has. From any thread. */
    String nextKey() {
        return keyPrefix + Long.toString(keys.incrementAndGet(), Character.MAX_RADIX);
    }

    void leader(Address address) {
        if (options.followLeader()) {
            endpoints.leader(address);
        }
    }

    Backoff pauses(Operation operation) {
        long capMs = operation.timing().maxBackoffMs() > 0 ? operation.timing().maxBackoffMs() : options.maxBackoffMs();
        return new Backoff(FIRST_PAUSE_MS, Math.min(capMs, options.maxBackoffMs()), random);
    }

    long withinMs(Operation operation) {
        long ownMs = operation.timing().withinMs();
        return (ownMs > 0 ? ownMs : options.operationTimeoutMs())
                + operation.timing().waitMs();
    }

    long attemptMs(Operation operation) {
        long ownMs = operation.timing().attemptMs();
        return ownMs > 0 ? Math.min(ownMs, options.attemptTimeoutMs()) : options.attemptTimeoutMs();
    }

    void saw(Response response) {
        long epoch = response.number("Lockservice-Epoch", -1);
        if (epoch >= 0) {
            epochSeen.accept(epoch);
        }
    }

    Loop loop() {
        return loop;
    }

    Transport transport() {
        return transport;
    }

    Endpoints endpoints() {
        return endpoints;
    }

    private Map<String, String> headers(Operation operation, @Nullable String key) {
        Map<String, String> headers = new LinkedHashMap<>(operation.headers());
        if (key != null) {
            headers.put("Idempotency-Key", key);
        }
        if (options.authorization() != null) {
            headers.put("Authorization", options.authorization());
        }
        return headers;
    }
}
