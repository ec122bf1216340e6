package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call on its way: what is still to be sent of it, and what of its reply has come. Confined to the loop. */
final class Exchange {
    private static final int MAX_REPLY_BYTES = 16 * 1024 * 1024;
    private static final int FIRST_REFUSAL = 400;

    private final Call call;
    private final RequestMessages messages;
    private final Promise<Response> promise;
    private final long startNanos;
    private long queuedNanos;
    private Runnable forgetTimer = () -> {};
    private Incoming.@Nullable Reply first;
    private Buffer body = Buffer.buffer();

    Exchange(Call call, RequestMessages messages, Promise<Response> promise, long startNanos) {
        this.call = call;
        this.messages = messages;
        this.promise = promise;
        this.startNanos = startNanos;
        this.queuedNanos = startNanos;
    }

    Call call() {
        return call;
    }

    RequestMessages messages() {
        return messages;
    }

    /** Whom to tell what came of it. */
    Promise<Response> promise() {
        return promise;
    }

    /** From now on it waits for its reply, or for room, but no longer for the channel. */
    void queued(long nowNanos) {
        queuedNanos = nowNanos;
    }

    long queuedNanos() {
        return queuedNanos;
    }

    /** The same call with what is left of its time. */
    Call rest(long nowNanos) {
        long goneMs = TimeUnit.NANOSECONDS.toMillis(nowNanos - startNanos);
        return new Call(
                call.address(),
                call.lane(),
                call.method(),
                call.path(),
                call.headers(),
                call.body(),
                Math.max(1, call.timeoutMs() - goneMs));
    }

    boolean waits() {
        return call.lane() == Lane.WAIT;
    }

    void timer(Runnable forget) {
        forgetTimer = forget;
    }

    void stopTimer() {
        forgetTimer.run();
    }

    /** Takes a piece of the reply; null unless it was the last one. */
    @Nullable
    Response take(Incoming.Reply piece) throws ProtocolException {
        boolean asAgreed = (first == null) == (piece.status() > 0) && messages.isBegun();
        if (!asAgreed) {
            throw new ProtocolException("a reply out of turn to request " + piece.id());
        }
        Incoming.Reply head = first == null ? piece : first;
        first = head;
        if (piece.body() != null) {
            body = body.length() == 0 ? piece.body() : body.appendBuffer(piece.body());
        }
        return piece.more() ? null : new Response(head.status(), headers(head), body);
    }

    /** Whether the reply is longer than any that a cell gives. */
    boolean isTooLong() {
        return body.length() > MAX_REPLY_BYTES;
    }

    /** By HTTP a JSON body says what it is: here too, for who looks. */
    private static MultiMap headers(Incoming.Reply head) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        headers.addAll(head.headers());
        if (head.isJson() && !headers.contains("Content-Type")) {
            boolean isProblem = head.status() >= FIRST_REFUSAL;
            headers.add("Content-Type", isProblem ? "application/problem+json" : "application/json");
        }
        return headers;
    }
}
