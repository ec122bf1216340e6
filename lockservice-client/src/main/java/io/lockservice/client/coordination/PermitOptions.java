package io.lockservice.client.coordination;

import io.lockservice.client.lock.LockOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a permit is acquired.
 *
 * @param waitTime how long to wait; null: as long as the session lives; zero: not for a permit to be released
 * @param note shown to everybody who asks who has the permits
 * @param lockDelayMs 0 to 60,000: for how long nobody gets the permit after this session expired with it
 */
public record PermitOptions(@Nullable Duration waitTime, String note, long lockDelayMs) {
    private static final PermitOptions DEFAULTS = new PermitOptions(null, "", 0);

    /** Checks the values. */
    public PermitOptions {
        if (waitTime != null && waitTime.isNegative()) {
            throw new IllegalArgumentException("waitTime is not negative");
        }
        if (lockDelayMs < 0 || lockDelayMs > 60_000) {
            throw new IllegalArgumentException("lockDelayMs is 0 to 60,000, not " + lockDelayMs);
        }
    }

    /** Waits as long as the session lives. */
    public static PermitOptions defaults() {
        return DEFAULTS;
    }

    /** Waits at most this long. */
    public PermitOptions waitAtMost(Duration value) {
        return new PermitOptions(value, note, lockDelayMs);
    }

    /** With a note for others to see. */
    public PermitOptions withNote(String value) {
        return new PermitOptions(waitTime, value, lockDelayMs);
    }

    /** With a lock-delay. */
    public PermitOptions withLockDelayMs(long value) {
        return new PermitOptions(waitTime, note, value);
    }

    LockOptions slot() {
        return LockOptions.exclusive().withNote(note).withLockDelayMs(lockDelayMs);
    }
}
