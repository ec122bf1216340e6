package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Phase 1 of one proposal number, over all slots from the first that this replica does not know to be chosen. It plays
 * fair: for a slot for which any acceptor of its quorum had accepted a value, it will propose the accepted value with
 * the highest number.
 */
final class Proposer {
    private final Configuration configuration;
    private final ProposalNumber number;
    private final long firstSlot;
    private final TreeMap<Long, LogEntry> highest = new TreeMap<>();
    private final Map<Integer, Long> nextChunk = new HashMap<>();
    private final Set<Integer> promised = new TreeSet<>();
    private long chosenSlot;
    private int mostAdvanced;

    Proposer(Configuration configuration, ProposalNumber number, long firstSlot) {
        this.configuration = configuration;
        this.number = number;
        this.firstSlot = firstSlot;
        for (int voter : configuration.voters()) {
            nextChunk.put(voter, firstSlot);
        }
    }

    ProposalNumber number() {
        return number;
    }

    /** What to ask {@code voter} for: its promise, or the rest of what it accepted. */
    PaxosMessage.Prepare prepareFor(int voter) {
        return new PaxosMessage.Prepare(number, nextChunk.getOrDefault(voter, firstSlot));
    }

    /** Whether {@code voter} still owes (a part of) its promise. */
    boolean isWaitingFor(int voter) {
        return !promised.contains(voter);
    }

    /**
     * Takes a promise, or a chunk of one. Returns whether it was new: a repeat or a chunk out of turn changes nothing.
     */
    boolean promise(int from, PaxosMessage.Promise promise) {
        boolean expected = promise.number().equals(number)
                && isWaitingFor(from)
                && promise.fromSlot() == nextChunk.getOrDefault(from, firstSlot);
        if (!expected) {
            return false;
        }
        promise.accepted().forEach(this::consider);
        if (promise.chosenSlot() > chosenSlot) {
            chosenSlot = promise.chosenSlot();
            mostAdvanced = from;
        }
        if (promise.nextSlot() == 0) {
            promised.add(from);
        } else {
            // What anybody knows to be chosen is learned, not proposed again.
            nextChunk.put(from, Math.max(promise.nextSlot(), chosenSlot + 1));
        }
        return true;
    }

    /** Whether a majority has promised. */
    boolean isPrepared() {
        return configuration.isQuorum(promised);
    }

    /** Whether those that have promised are a majority of {@code other} as well. */
    boolean isPreparedFor(Configuration other) {
        return other.isQuorum(other.sameAsIn(configuration, promised));
    }

    /** The furthest chosen prefix among the acceptors that promised: this replica must learn up to here first. */
    long chosenSlot() {
        return chosenSlot;
    }

    /** Who has that prefix. */
    int mostAdvanced() {
        return mostAdvanced;
    }

    /** The highest slot for which a value must be proposed; the chosen prefix where there is none. */
    long lastSlot() {
        long last = highest.isEmpty() ? chosenSlot : Math.max(chosenSlot, highest.lastKey());
        return Math.max(1, last);
    }

    /**
     * The only value that may be proposed for {@code slot}: the accepted one with the highest number, or a no-op. The first
     * slot says who founded the cell, so that whoever learns the log learns that too.
     */
    Value valueFor(long slot) {
        LogEntry entry = highest.get(slot);
        if (entry != null) {
            return entry.value();
        }
        return slot == 1 ? Value.reconfigure(configuration) : Value.NO_OP;
    }

    private void consider(LogEntry entry) {
        highest.merge(entry.slot(), entry, (one, other) -> other.number().isAbove(one.number()) ? other : one);
    }
}
