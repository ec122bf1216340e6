package io.lockservice.client;

import io.lockservice.client.transport.Lane;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something asked of the cell, done at most once however many attempts it takes. Use it with
 * {@link LockServiceClient#execute} or {@link Session#execute} for what of the HTTP API has no method of its own here.
 *
 * @param method as in API.md
 * @param path path and query, percent-encoded
 * @param headers besides those the client adds
 * @param body null for none
 * @param key the {@code Idempotency-Key} of every attempt; null where the client makes one (writes) or none is needed
 * @param isWrite whether a repeat without the key could do it twice
 * @param timing how long it may take
 */
public record Operation(
        HttpMethod method,
        String path,
        Map<String, String> headers,
        @Nullable Buffer body,
        @Nullable String key,
        boolean isWrite,
        Timing timing) {

    /**
     * How long an operation may take. 0 stands for the client's default.
     *
     * @param withinMs the operation's deadline, over all attempts and on top of {@code waitMs}
     * @param attemptMs how long one replica has for its answer, on top of {@code waitMs}
     * @param waitMs how long the cell may wait before it answers
     * @param maxBackoffMs the longest pause between two attempts
     * @param lane the connections used
     * @param once whether it is not tried again
     */
    record Timing(long withinMs, long attemptMs, long waitMs, long maxBackoffMs, Lane lane, boolean once) {
        static final Timing DEFAULT = new Timing(0, 0, 0, 0, Lane.CALL, false);

        Timing within(long ms) {
            return new Timing(ms, attemptMs, waitMs, maxBackoffMs, lane, once);
        }

        Timing waiting(long ms) {
            return new Timing(withinMs, attemptMs, ms, maxBackoffMs, ms > 0 ? Lane.WAIT : Lane.CALL, once);
        }
    }

    /** A read. */
    public static Operation get(String path) {
        return of(HttpMethod.GET, path, false);
    }

    /** A write by PUT. */
    public static Operation put(String path) {
        return of(HttpMethod.PUT, path, true);
    }

    /** A write by POST. */
    public static Operation post(String path) {
        return of(HttpMethod.POST, path, true);
    }

    /** A question asked by POST, because it has a body. */
    public static Operation query(String path) {
        return of(HttpMethod.POST, path, false);
    }

    /** A write by DELETE. */
    public static Operation delete(String path) {
        return of(HttpMethod.DELETE, path, true);
    }

    /** Asks whether a sequencer is valid: the answer's {@code valid}, and {@code reason} where it is not. */
    public static Operation checkSequencer(String sequencer) {
        return query("/v1/sequencers/check").json(new JsonObject().put("sequencer", sequencer));
    }

    /**
     * A keep-alive. It has no key, or a repeat would get the first answer and extend nothing; and its pauses are short
     * measured by the lease. One that waits is sent once: nobody should wait again who was not answered.
     *
     * @param ack the last event that was taken in, 0 for none
     * @param waitMs how long the cell may wait for something to tell; 0 for not at all
     */
    static Operation keepAlive(String session, long leaseMs, long ack, long waitMs) {
        long attemptMs = Math.max(200, leaseMs / 6);
        boolean waits = waitMs > 0;
        Timing timing = new Timing(
                waits ? attemptMs : leaseMs, attemptMs, waitMs, Math.max(50, leaseMs / 24), Lane.KEEP_ALIVE, waits);
        Operation bare = new Operation(
                HttpMethod.POST, "/v1/sessions/" + session + "/keepalive", Map.of(), null, null, false, timing);
        JsonObject body = new JsonObject().put("ack", ack);
        return bare.json(waits ? body.put("waitMs", waitMs) : body);
    }

    /** With a JSON body. */
    public Operation json(JsonObject content) {
        return header("Content-Type", "application/json").withBody(content.toBuffer());
    }

    /** With raw bytes as body, such as a file's content. */
    public Operation withBody(Buffer content) {
        return new Operation(method, path, headers, content, key, isWrite, timing);
    }

    /** With one more header. */
    public Operation header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Operation(method, path, Collections.unmodifiableMap(more), body, key, isWrite, timing);
    }

    /** Refused unless {@code sequencer} is valid at the moment it is applied (Burrows, SetSequencer). */
    public Operation fencedBy(String sequencer) {
        return header("Lockservice-Sequencer", sequencer);
    }

    /** With this idempotency key instead of a new one: settles an {@link OutcomeUnknownException}. */
    public Operation idempotencyKey(String value) {
        return new Operation(method, path, headers, body, value, isWrite, timing);
    }

    /** Tells the client that the cell may take {@code waitMs} before it answers; the same as in the request. */
    public Operation waiting(long waitMs) {
        return new Operation(method, path, headers, body, key, isWrite, timing.waiting(waitMs));
    }

    /** With a deadline of its own. */
    public Operation withinMs(long ms) {
        return new Operation(method, path, headers, body, key, isWrite, timing.within(ms));
    }

    Operation session(String session) {
        return header("Lockservice-Session", session);
    }

    private static Operation of(HttpMethod method, String path, boolean isWrite) {
        return new Operation(method, path, Map.of(), null, null, isWrite, Timing.DEFAULT);
    }
}
