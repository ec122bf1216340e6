package io.lockservice.client;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.NotSentException;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One operation's attempts, one after the other, all with the same idempotency key. Confined to the loop.
 *
 * <p>An answer below 500 is final. Everything else is tried again at another replica: at once while there are replicas
 * not tried yet, then after pauses that grow, until the deadline.
 */
final class Attempts {
    private static final long LAST_MOMENT_MS = 20;
    private static final long MAX_SERVER_WAIT_MS = 60_000;

    private final Failover failover;
    private final Operation operation;
    private final @Nullable String key;
    private final Map<String, String> headers;
    private final Promise<Failover.Answered> promise = Promise.promise();
    private final Backoff pauses;
    private final long startNanos;
    private final long deadlineNanos;
    private @Nullable Address lastFailed;
    private int tried;
    private boolean mayBeDone;
    private @Nullable Throwable lastFailure;
    private Loop.@Nullable Timer timer;

    Attempts(
            Failover failover,
            Operation operation,
            @Nullable String key,
            Map<String, String> headers,
            long deadlineNanos) {
        this.failover = failover;
        this.operation = operation;
        this.key = key;
        this.headers = headers;
        this.pauses = failover.pauses(operation);
        this.startNanos = failover.loop().nanoTime();
        this.deadlineNanos = deadlineNanos;
    }

    Future<Failover.Answered> future() {
        return promise.future();
    }

    /** How often it was sent so far, less the first time. */
    int retries() {
        return Math.max(0, tried - 1);
    }

    /** When it began. */
    long startNanos() {
        return startNanos;
    }

    /** Gives up now. What is under way may still be done by the cell. */
    void cancel(RuntimeException why) {
        stopTimer();
        promise.tryFail(why);
    }

    /** Ends without an answer, since the client does. */
    void clientClosed() {
        stopTimer();
        mayBeDone |= tried > 0;
        lastFailure = new IllegalStateException("this client was closed");
        if (mayBeDone && operation.isWrite() && key != null) {
            giveUp();
        } else {
            // Final, or who tries until it is known would go on for ever.
            promise.tryFail(new LockServiceException("client-closed", "not done: this client was closed"));
        }
    }

    void begin() {
        send();
    }

    private void next(long atLeastMs) {
        long nowNanos = failover.loop().nanoTime();
        long leftMs = Loop.ceilMs(deadlineNanos - nowNanos);
        int beyondFirstRound = tried - failover.endpoints().size() + 1;
        long pauseMs = Math.max(
                failover.endpoints().choose(nowNanos, lastFailed).waitMs(),
                pauses.delayMs(Math.max(0, beyondFirstRound)));
        pauseMs = Math.max(atLeastMs, pauses.cap(pauseMs));
        if (leftMs <= LAST_MOMENT_MS || operation.timing().once()) {
            giveUp();
        } else if (pauseMs > 0) {
            // Half of what is left at most: the deadline must not pass without a last attempt.
            timer = failover.loop().after(Math.min(pauseMs, leftMs / 2), this::send);
        } else {
            send();
        }
    }

    private void send() {
        timer = null;
        if (promise.future().isComplete()) {
            return;
        }
        long sentNanos = failover.loop().nanoTime();
        long leftMs = Loop.ceilMs(deadlineNanos - sentNanos);
        if (leftMs <= 0) {
            giveUp();
            return;
        }
        tried++;
        int attempt = tried;
        long timeoutMs = Math.min(
                leftMs, failover.attemptMs(operation) + operation.timing().waitMs());
        Address address = failover.endpoints().choose(sentNanos, lastFailed).address();
        timer = failover.loop().after(timeoutMs, () -> failed(attempt, address, sentNanos, late(address, timeoutMs)));
        failover.transport()
                .send(call(address, timeoutMs))
                .onComplete((response, failure) -> failover.loop().execute(() -> {
                    if (response != null) {
                        answered(attempt, address, sentNanos, response);
                    } else if (failure != null) {
                        failed(attempt, address, sentNanos, failure);
                    }
                }));
    }

    private Call call(Address address, long timeoutMs) {
        Map<String, String> sent = new LinkedHashMap<>(headers);
        // A replica without a leader should say so before the attempt is over, or its answer would be lost.
        long serverMs = Math.min(timeoutMs, failover.attemptMs(operation)) * 3 / 4;
        sent.put("Lockservice-Timeout-Ms", Long.toString(Math.max(1, Math.min(MAX_SERVER_WAIT_MS, serverMs))));
        return new Call(
                address,
                operation.timing().lane(),
                operation.method(),
                operation.path(),
                sent,
                operation.body(),
                timeoutMs);
    }

    /** Also an answer to an attempt that was given up counts, if it is final: all attempts are the same operation. */
    private void answered(int attempt, Address address, long sentNanos, Response response) {
        failover.saw(response);
        boolean isFinal = isFinal(response);
        if (isFinal) {
            failover.endpoints().succeeded(address);
        }
        if (promise.future().isComplete() || (attempt != tried && !isFinal)) {
            return;
        }
        stopTimer();
        if (response.succeeded()) {
            promise.complete(new Failover.Answered(response, startNanos, sentNanos));
        } else if (isFinal && mayBeDone && isOfThisAttemptAlone(response)) {
            lastFailure = Problems.of(response);
            giveUp();
        } else if (isFinal) {
            promise.fail(Problems.of(response));
        } else {
            refused(address, sentNanos, response);
        }
    }

    private void refused(Address address, long sentNanos, Response response) {
        LockServiceException problem = Problems.of(response);
        boolean nothingDone =
                problem.code().equals("overloaded") || problem.code().equals("rate-limited");
        mayBeDone |= !nothingDone;
        lastFailure = problem;
        blame(address, sentNanos);
        next(nothingDone ? TimeUnit.SECONDS.toMillis(response.number("Retry-After", 0)) : 0);
    }

    private void failed(int attempt, Address address, long sentNanos, Throwable failure) {
        if (attempt != tried || promise.future().isComplete()) {
            return;
        }
        stopTimer();
        mayBeDone |= !(failure instanceof NotSentException);
        lastFailure = failure;
        blame(address, sentNanos);
        next(0);
    }

    private void blame(Address address, long sentNanos) {
        lastFailed = address;
        failover.endpoints().failed(address, sentNanos, failover.loop().nanoTime());
    }

    private void giveUp() {
        String tries = " after " + tried + (tried == 1 ? " attempt" : " attempts") + "; the last: "
                + (lastFailure == null ? "none" : lastFailure.getMessage());
        if (mayBeDone && operation.isWrite() && key != null) {
            promise.tryFail(new OutcomeUnknownException(
                    "no answer" + tries + ". It may have been done: repeat it with the same key to find out",
                    key,
                    lastFailure));
        } else {
            String code = lastFailure instanceof LockServiceException refusal ? refusal.code() : "unreachable";
            promise.tryFail(new NoLeaderException(code, "not done" + tries + ". Try again later", lastFailure));
        }
    }

    private void stopTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private static boolean isFinal(Response response) {
        return switch (response.status()) {
            case 429 -> !response.json().path("code").asText("").equals("rate-limited");
            case 507 -> true;
            default -> response.status() < 500;
        };
    }

    /** Refused before the state was asked: an attempt that was given up may have been done, or be done yet. */
    private static boolean isOfThisAttemptAlone(Response response) {
        return response.status() == 507 || response.status() == 429;
    }

    private static Throwable late(Address address, long timeoutMs) {
        return new TimeoutException(address + " did not answer within " + timeoutMs + " ms");
    }
}
