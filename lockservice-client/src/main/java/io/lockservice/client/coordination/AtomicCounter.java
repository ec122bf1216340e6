package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.lock.HeldLock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/**
 * A number that all programs add to, each addition done once: an {@link AtomicRegister} with decimal text, 0 before the first.
 *
 * <p>Additions are optimistic, a read and a write each, and again where others came in between: meant for tens of additions a
 * second, not for thousands. From any thread; futures complete as {@link LockServiceClient} says, and fail with a
 * {@link LockServiceException}: {@code not-a-number} where the file has other content.
 */
public final class AtomicCounter {
    private final AtomicRegister register;

    private AtomicCounter(AtomicRegister register) {
        this.register = register;
    }

    /** The counter of the file {@code name}. */
    public static AtomicCounter of(LockServiceClient client, String name) {
        return new AtomicCounter(AtomicRegister.of(client, name));
    }

    /** The same counter, added to only while {@code lock} is held; see {@link AtomicRegister#fencedBy}. */
    public AtomicCounter fencedBy(HeldLock lock) {
        return new AtomicCounter(register.fencedBy(lock));
    }

    /** The number now. */
    public Future<Long> get() {
        return register.get().map(value -> number(value.map(AtomicRegister.Value::content)));
    }

    /** Adds 1; the number then. */
    public Future<Long> incrementAndGet() {
        return addAndGet(1);
    }

    /**
     * Adds {@code delta}; the number then.
     *
     * @return fails with {@link ArithmeticException} where that is no {@code long}, and nothing is added
     */
    public Future<Long> addAndGet(long delta) {
        return register.update(content -> Buffer.buffer(Long.toString(Math.addExact(number(content), delta))))
                .map(value -> Long.parseLong(value.text()));
    }

    private long number(Optional<Buffer> content) {
        try {
            return content.isEmpty()
                    ? 0
                    : Long.parseLong(content.get().toString().strip());
        } catch (NumberFormatException e) {
            throw new LockServiceException(
                    "not-a-number", "'" + register.name() + "' has other content than a counter");
        }
    }
}
