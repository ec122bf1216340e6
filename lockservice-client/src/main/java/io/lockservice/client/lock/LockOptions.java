package io.lockservice.client.lock;

import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a lock is acquired.
 *
 * @param mode alone, or shared with other sessions
 * @param waitTime how long to wait; null: as long as the session lives; zero: not at all
 * @param note shown to everybody who asks who holds the lock
 * @param create what to do where the node does not exist
 * @param lockDelayMs 0 to 60,000: for how long nobody gets the lock after this session expired holding it
 * @param reclaim the sequencer of a lost hold, by which the same client may have the lock back within the lock-delay
 */
public record LockOptions(
        LockMode mode,
        @Nullable Duration waitTime,
        String note,
        LockCreation create,
        long lockDelayMs,
        @Nullable String reclaim) {

    private static final LockOptions EXCLUSIVE =
            new LockOptions(LockMode.EXCLUSIVE, null, "", LockCreation.EPHEMERAL, 0, null);

    /** Checks the values. */
    public LockOptions {
        if (waitTime != null && waitTime.isNegative()) {
            throw new IllegalArgumentException("waitTime is not negative");
        }
        if (lockDelayMs < 0 || lockDelayMs > 60_000) {
            throw new IllegalArgumentException("lockDelayMs is 0 to 60,000, not " + lockDelayMs);
        }
    }

    /** One holder; waits as long as the session lives. */
    public static LockOptions exclusive() {
        return EXCLUSIVE;
    }

    /** Together with others that share; waits as long as the session lives. */
    public static LockOptions shared() {
        return EXCLUSIVE.withMode(LockMode.SHARED);
    }

    /** With another mode. */
    public LockOptions withMode(LockMode value) {
        return new LockOptions(value, waitTime, note, create, lockDelayMs, reclaim);
    }

    /** Waits at most this long. */
    public LockOptions waitAtMost(Duration value) {
        return new LockOptions(mode, value, note, create, lockDelayMs, reclaim);
    }

    /** With a note for others to see. */
    public LockOptions withNote(String value) {
        return new LockOptions(mode, waitTime, value, create, lockDelayMs, reclaim);
    }

    /** With another rule for a node that does not exist. */
    public LockOptions withCreate(LockCreation value) {
        return new LockOptions(mode, waitTime, note, value, lockDelayMs, reclaim);
    }

    /** With a lock-delay. */
    public LockOptions withLockDelayMs(long value) {
        return new LockOptions(mode, waitTime, note, create, value, reclaim);
    }

    /** Proves an earlier hold. */
    public LockOptions reclaiming(String sequencer) {
        return new LockOptions(mode, waitTime, note, create, lockDelayMs, sequencer);
    }

    /** The request's body, the same at every poll. */
    JsonObject body(long pollMs) {
        JsonObject body = new JsonObject().put("mode", mode.label());
        if (pollMs > 0) {
            body.put("waitMs", pollMs).put("keepPlace", true);
        }
        if (lockDelayMs > 0) {
            body.put("lockDelayMs", lockDelayMs);
        }
        if (create != LockCreation.EPHEMERAL) {
            body.put("create", create.label());
        }
        if (reclaim != null) {
            body.put("reclaim", reclaim);
        }
        return note.isEmpty() ? body : body.put("note", note);
    }
}
