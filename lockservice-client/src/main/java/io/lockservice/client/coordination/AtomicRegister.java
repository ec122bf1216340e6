package io.lockservice.client.coordination;

import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.lock.HeldLock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value that all programs read and replace in one step: the content of a file, at most 256 KiB. What is read is never old, and
 * of two that replace the same value one is told that it came too late.
 *
 * <p>A write is done once. Where its outcome is unknown it is repeated with the same idempotency key until that is known, for at
 * most the settling time; only then it fails with {@link io.lockservice.client.OutcomeUnknownException}. From any thread; futures
 * complete as {@link LockServiceClient} says, and fail with a {@link LockServiceException}.
 */
public final class AtomicRegister {
    /** Keys are kept by the cell for ten minutes at least: what is repeated later could be done twice. */
    private static final Duration MAX_SETTLING = Duration.ofMinutes(9);

    private static final Duration DEFAULT_SETTLING = Duration.ofMinutes(1);
    private static final long FIRST_PAUSE_MS = 10;
    private static final long MAX_PAUSE_MS = 1_000;

    private final LockServiceClient client;
    private final String name;
    private final @Nullable HeldLock fence;
    private final Duration settling;

    /**
     * What was read.
     *
     * @param content the bytes
     * @param instance larger than that of any earlier file of this name
     * @param generation one more with each write of this file, also of the same content; starts at 1
     */
    public record Value(Buffer content, long instance, long generation) {
        /** The bytes as UTF-8. */
        public String text() {
            return content.toString();
        }
    }

    private AtomicRegister(LockServiceClient client, String name, @Nullable HeldLock fence, Duration settling) {
        this.client = client;
        this.name = name;
        this.fence = fence;
        this.settling = settling;
    }

    /** The register of the file {@code name}, which is made with its directories when it is written first. */
    public static AtomicRegister of(LockServiceClient client, String name) {
        return new AtomicRegister(client, name, null, DEFAULT_SETTLING);
    }

    /**
     * The same register, written only while {@code lock} is held: a write that comes after it was lost is refused by the cell with
     * {@code sequencer-invalid}, whatever this program believes.
     */
    public AtomicRegister fencedBy(HeldLock lock) {
        return new AtomicRegister(client, name, lock, settling);
    }

    /** The same register with another settling time, up to 9 minutes; default 1 minute. */
    public AtomicRegister settlingWithin(Duration value) {
        if (value.isNegative() || value.compareTo(MAX_SETTLING) > 0) {
            throw new IllegalArgumentException("the settling time is 0 to 9 minutes, not " + value);
        }
        return new AtomicRegister(client, name, fence, value);
    }

    /** The file. */
    public String name() {
        return name;
    }

    /** What it has now; empty before the first write. */
    public Future<Optional<Value>> get() {
        return NodeCalls.read(client, name)
                .map(found -> found.map(node -> new Value(node.content(), node.instance(), node.generation())));
    }

    /** Replaces whatever is there. */
    public Future<Value> set(Buffer content) {
        return write(content, write -> write);
    }

    /** {@link #set(Buffer)} with UTF-8. */
    public Future<Value> set(String text) {
        return set(Buffer.buffer(text));
    }

    /**
     * Replaces {@code expected}, if that is still there.
     *
     * @param expected what {@link #get} said: empty for no file
     * @return what is there now, or empty where something else was and nothing was done
     */
    public Future<Optional<Value>> compareAndSet(Optional<Value> expected, Buffer content) {
        return write(
                        content,
                        write -> expected.isEmpty()
                                ? write.header("If-None-Match", "*")
                                : write.header("If-Match", entityTag(expected.get())))
                .map(Optional::of)
                .recover(failure -> Problems.isCode(failure, "generation-mismatch")
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /**
     * Replaces what is there with what {@code change} makes of it, once. Where others come in between, {@code change} is asked
     * again, after pauses that grow.
     *
     * @param change runs on the client's loop and must not block; where it throws nothing is written, and the update fails with that
     * @return what it wrote
     */
    public Future<Value> update(Function<Optional<Buffer>, Buffer> change) {
        Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
        return client.loop().call(() -> update(change, pauses, 0));
    }

    private Future<Value> update(Function<Optional<Buffer>, Buffer> change, Backoff pauses, int failures) {
        return get().compose(now -> {
            Buffer content = change.apply(now.map(Value::content));
            return compareAndSet(now, content).compose(done -> {
                if (done.isPresent()) {
                    return Future.succeededFuture(done.get());
                }
                Promise<Value> later = Promise.promise();
                int lost = failures + 1;
                client.loop()
                        .after(
                                pauses.delayMs(lost),
                                () -> update(change, pauses, lost).onComplete(later));
                return later.future();
            });
        });
    }

    private Future<Value> write(Buffer content, UnaryOperator<Operation> condition) {
        Operation bare = Operation.put(NodeCalls.file(name) + "?parents=true").withBody(content);
        Operation fenced = fence == null ? bare : bare.fencedBy(fence.sequencer());
        return client.loop().call(() -> {
            if (fence != null && !fence.isHeld()) {
                return Future.failedFuture(
                        new LockServiceException("lock-lost", fence.name() + " is not held, so nothing was written"));
            }
            long endNanos = client.loop().nanoTime() + settling.toNanos();
            return NodeCalls.settled(
                            client::execute,
                            condition.apply(fenced),
                            () -> client.loop().nanoTime() - endNanos >= 0)
                    .map(response -> NodeCalls.parsed(response.json()))
                    .map(node -> new Value(content, node.instance(), node.generation()));
        });
    }

    private static String entityTag(Value value) {
        return "\"" + value.instance() + "." + value.generation() + "\"";
    }
}
