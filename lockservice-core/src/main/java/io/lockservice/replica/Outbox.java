package io.lockservice.replica;

import io.lockservice.log.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers a step's effects and holds back what must not happen before something is durable ("durable before said"). Held
 * actions run in order, once the journal has everything that was persisted before they were given.
 */
final class Outbox {
    /** What a record takes beside its value. */
    private static final long RECORD_BYTES = 64;

    private record Unsynced(long sequence, long bytes, long sinceNanos) {}

    private record Held(long afterSequence, Runnable action) {}

    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private final ArrayDeque<Unsynced> unsynced = new ArrayDeque<>();
    private long unsyncedBytes;
    private List<Effect> effects = new ArrayList<>();
    private long persisted;
    private long durable;
    private long nowNanos;

    /** What is persisted from here on is persisted at {@code nanos}. */
    void at(long nanos) {
        nowNanos = nanos;
    }

    void add(Effect effect) {
        effects.add(effect);
    }

    void persist(LogRecord record) {
        effects.add(new Effect.Persist(++persisted, record));
        long bytes = RECORD_BYTES
                + (record instanceof LogRecord.Accepted accepted
                        ? accepted.entry().value().length()
                        : 0);
        unsynced.add(new Unsynced(persisted, bytes, nowNanos));
        unsyncedBytes += bytes;
    }

    void whenDurable(Runnable action) {
        held.add(new Held(persisted, action));
    }

    /** The journal has everything up to and including {@code sequence}. */
    void durable(long sequence) {
        durable = Math.max(durable, sequence);
        while (!unsynced.isEmpty() && unsynced.peek().sequence() <= durable) {
            unsyncedBytes -= unsynced.remove().bytes();
        }
    }

    /** The bytes of what was persisted and is not durable yet. */
    long unsyncedBytes() {
        return unsyncedBytes;
    }

    /** How long the oldest record that is not durable yet has been waiting; 0 where there is none. */
    long unsyncedNanos() {
        Unsynced oldest = unsynced.peek();
        return oldest == null ? 0 : nowNanos - oldest.sinceNanos();
    }

    /** Runs what may happen now. Actions may add effects and further actions. */
    void release() {
        while (!held.isEmpty() && held.peek().afterSequence() <= durable) {
            held.remove().action().run();
        }
    }

    /** The effects gathered since the last call, in order. */
    List<Effect> take() {
        List<Effect> taken = effects;
        effects = new ArrayList<>();
        return taken;
    }
}
