package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * When the leader sent what its acceptors answer to. A round is one sending to everybody at one moment; an answer to it
 * proves that the acceptor took this replica for the leader at some time after that moment. The lease and reads without
 * a lease both follow from it.
 */
final class Rounds {
    private final Membership membership;
    private final int self;
    private final TreeMap<Long, Long> sentNanos = new TreeMap<>();
    private final Map<Integer, Long> answeredNanos = new HashMap<>();
    private final long keepNanos;
    private final long startNanos;
    private long round;
    private long confirmedNanos;
    private @Nullable Configuration confirmedBy;

    Rounds(Membership membership, int self, long keepNanos, long nowNanos) {
        this.membership = membership;
        this.self = self;
        this.keepNanos = keepNanos;
        this.startNanos = nowNanos;
    }

    /** The round of what is sent at {@code nowNanos}. */
    long at(long nowNanos) {
        if (sentNanos.isEmpty() || sentNanos.lastEntry().getValue() != nowNanos) {
            sentNanos.put(++round, nowNanos);
            answeredNanos.put(self, nowNanos);
            confirmedBy = null;
            while (nowNanos - sentNanos.firstEntry().getValue() > keepNanos) {
                sentNanos.pollFirstEntry();
            }
        }
        return round;
    }

    /** {@code voter} answered a round. */
    void answered(int voter, long answeredRound) {
        Long sent = sentNanos.get(answeredRound);
        if (sent != null) {
            answeredNanos.merge(voter, sent, (one, other) -> one - other > 0 ? one : other);
            confirmedBy = null;
        }
    }

    /** What {@code voter} answered counts no more: it is another replica than the one that answered. */
    void forget(int voter) {
        answeredNanos.remove(voter);
        confirmedBy = null;
    }

    /** The latest moment at which this replica is known to have led, by the answers of a majority. */
    long confirmedNanos() {
        Configuration configuration = membership.configuration();
        if (!configuration.equals(confirmedBy)) {
            // Relative to the start, so that the order is right wherever the monotonic clock has its origin.
            Map<Integer, Long> sinceStart = new HashMap<>();
            answeredNanos.forEach((voter, nanos) -> sinceStart.put(voter, nanos - startNanos));
            confirmedNanos = startNanos + configuration.reachedByQuorum(sinceStart, -1);
            confirmedBy = configuration;
        }
        return confirmedNanos;
    }
}
