package io.lockservice.server.bus;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One peer: what this turn has for it, whether it may go, and what came from it. On the replica's event loop, except
 * {@link #status}.
 */
final class Peer {
    /** Messages of one turn are split into envelopes of about this size: a large one holds up those behind it. */
    static final int ENVELOPE_BYTES = 256 << 10;

    /** What a process that is gone had sent arrives sooner than this, if at all. */
    private static final long STALE_MS = 10_000;

    private static final Logger LOG = System.getLogger(Peer.class.getName());

    private final int self;
    private final int replicaId;
    private final PeerGate gate;
    private final LongSupplier clockMs;
    private final Function<byte[], Future<Void>> wire;
    private final Reachability reachability = new Reachability();
    private final PeerCounters counters = new PeerCounters();
    private final List<byte[]> gathered = new ArrayList<>();
    private long gatheredBytes;
    private long lastNumber;
    private long heardIncarnation;
    private long heardIncarnationMs;
    private long heardNumber;
    private boolean saidStale;
    private volatile boolean reachable = true;
    private volatile long heardMs = -1;
    private volatile boolean closed;

    /**
     * A peer nothing was heard from yet.
     *
     * @param self this replica, for the log
     * @param replicaId the peer
     * @param windowBytes see {@link PeerGate}
     * @param clockMs monotonic milliseconds
     * @param wire hands a sealed envelope to the bus; the future completes when the connection has taken it
     */
    Peer(int self, int replicaId, long windowBytes, LongSupplier clockMs, Function<byte[], Future<Void>> wire) {
        this.self = self;
        this.replicaId = replicaId;
        this.gate = new PeerGate(windowBytes, clockMs.getAsLong());
        this.clockMs = clockMs;
        this.wire = wire;
    }

    /** Gathers an encoded message, or drops it where the gate says so. */
    void send(byte[] message, PeerGate.Lane lane) {
        boolean fits = message.length <= Envelope.MAX_BYTES - Envelope.MAX_OVERHEAD_BYTES;
        if (fits && gate.admits(gatheredBytes, message.length, lane, clockMs.getAsLong())) {
            gathered.add(message);
            gatheredBytes += message.length;
        } else {
            counters.droppedMessages.incrementAndGet();
        }
    }

    /** Sends what was gathered, as few envelopes from {@code incarnation} of this replica of {@code cell}. */
    void flush(String cell, Incarnation incarnation) {
        List<byte[]> next = new ArrayList<>();
        long nextBytes = 0;
        for (byte[] message : gathered) {
            if (!next.isEmpty() && nextBytes + message.length > ENVELOPE_BYTES) {
                hand(cell, incarnation, next);
                next = new ArrayList<>();
                nextBytes = 0;
            }
            next.add(message);
            nextBytes += message.length;
        }
        if (!next.isEmpty()) {
            hand(cell, incarnation, next);
        }
        gathered.clear();
        gatheredBytes = 0;
    }

    /**
     * Takes note of an envelope of this peer. False where it is from an older process than one heard before: what that
     * one promised or asked may have been forgotten.
     */
    boolean heard(Envelope envelope, int bytes) {
        if (envelope.incarnation().process() < heardIncarnation) {
            counters.staleEnvelopes.incrementAndGet();
            sayIfStale();
            return false;
        }
        if (envelope.incarnation().process() > heardIncarnation) {
            heardIncarnation = envelope.incarnation().process();
            heardIncarnationMs = clockMs.getAsLong();
            heardNumber = 0;
            saidStale = false;
        }
        if (envelope.number() <= heardNumber) {
            counters.lateEnvelopes.incrementAndGet();
        } else {
            heardNumber = envelope.number();
        }
        heardMs = clockMs.getAsLong();
        gate.heard(heardMs);
        sayIfBack(reachability.heard());
        counters.receivedEnvelopes.incrementAndGet();
        counters.receivedMessages.addAndGet(envelope.messages().size());
        counters.receivedBytes.addAndGet(bytes);
        return true;
    }

    /** From now on failures are the consequence of closing, and nobody is told. */
    void close() {
        closed = true;
    }

    /** As it is now. Any thread. */
    PeerStatus status() {
        long heard = heardMs;
        return new PeerStatus(
                replicaId,
                reachable,
                heard < 0 ? -1 : Math.max(0, clockMs.getAsLong() - heard),
                counters.pendingBytes.get(),
                counters.sentEnvelopes.get(),
                counters.sentMessages.get(),
                counters.sentBytes.get(),
                counters.failedEnvelopes.get(),
                counters.droppedMessages.get(),
                counters.receivedEnvelopes.get(),
                counters.receivedMessages.get(),
                counters.receivedBytes.get(),
                counters.staleEnvelopes.get(),
                counters.lateEnvelopes.get());
    }

    private void hand(String cell, Incarnation incarnation, List<byte[]> messages) {
        byte[] sealed = new Envelope(cell, self, incarnation, ++lastNumber, messages).seal();
        gate.handed(sealed.length, clockMs.getAsLong());
        counters.pendingBytes.addAndGet(sealed.length);
        counters.sentEnvelopes.incrementAndGet();
        counters.sentMessages.addAndGet(messages.size());
        counters.sentBytes.addAndGet(sealed.length);
        wire.apply(sealed).onComplete(outcome -> completed(sealed.length, outcome));
    }

    private void completed(int bytes, AsyncResult<Void> outcome) {
        counters.pendingBytes.addAndGet(-bytes);
        if (outcome.succeeded()) {
            gate.written(bytes);
            sayIfBack(reachability.written());
            return;
        }
        counters.failedEnvelopes.incrementAndGet();
        gate.failed(bytes, clockMs.getAsLong());
        if (reachability.failed() && !closed) {
            reachable = false;
            LOG.log(Level.WARNING, "replica {0}: peer {1} unreachable: {2}", self, replicaId, reason(outcome));
        }
    }

    /** It waits for answers that it never gets: only here can be said why. */
    private void sayIfStale() {
        if (!saidStale && clockMs.getAsLong() - heardIncarnationMs >= STALE_MS) {
            saidStale = true;
            LOG.log(
                    Level.WARNING,
                    "replica {0}: peer {1} is not listened to: what runs as replica {1} is older than what ran before; an"
                            + " old copy of its data directory was put back, or two processes run as that replica. Stop"
                            + " the older one; if it has an old copy, start it with an empty data directory",
                    self,
                    replicaId);
        }
    }

    private void sayIfBack(boolean back) {
        if (back && !closed) {
            reachable = true;
            LOG.log(Level.INFO, "replica {0}: peer {1} reachable again", self, replicaId);
        }
    }

    /** The failure in words, and its first cause where that says more: why a handshake failed, for one. */
    private static String reason(AsyncResult<Void> outcome) {
        Throwable failure = outcome.cause();
        if (failure instanceof ClosedChannelException) {
            return "the connection broke";
        }
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause() != cause) {
            cause = cause.getCause();
        }
        String words = words(failure);
        return cause == failure || words.contains(words(cause)) ? words : words + ": " + words(cause);
    }

    private static String words(Throwable failure) {
        @Nullable String message = failure.getMessage();
        String first = message == null ? "" : message.lines().findFirst().orElse("");
        return first.isBlank() ? failure.getClass().getSimpleName() : first;
    }
}
