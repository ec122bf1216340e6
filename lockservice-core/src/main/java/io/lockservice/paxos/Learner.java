package io.lockservice.paxos;

import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The learner: advances the chosen prefix, and fetches from any peer what this replica missed.
 *
 * <p>A replica knows a slot to be chosen when the leader says so and it has itself accepted the slot under that leader's
 * very number (a leader proposes one value per slot and number); otherwise it asks a peer for the chosen value.
 */
final class Learner {
    /** The note of the chosen prefix is a hint that shortens a restart, not worth a write of its own each tick. */
    private static final long RECORD_EVERY_NANOS = 500_000_000;

    private static final long LEARNERS_ASK_EVERY_NANOS = 1_000_000_000;

    private final Membership membership;
    private final PaxosSettings settings;
    private final PaxosHost host;
    private final LogWindow log;
    /** By peer. */
    private final Map<Integer, JournalRead> journalReads = new HashMap<>();

    private long targetSlot;
    /** Who said that it knows more, 0 for nobody. It need not be in the configuration that this replica has come to. */
    private int ahead;

    private int source;
    private long askedSlot;
    private long askedNanos;
    private long recordedSlot;
    private long recordedNanos;
    private boolean hintsAreGood = true;
    private long installedSlot;
    private long reconfiguredSlot;
    private boolean notingDurable;
    private boolean recovered;

    /**
     * The journal was asked for a peer.
     *
     * @param fromSlot what the peer lacks
     * @param throughSlot how far the chosen prefix had come then
     */
    private record JournalRead(long fromSlot, long throughSlot) {}

    Learner(Membership membership, PaxosSettings settings, PaxosHost host, LogWindow log) {
        this.membership = membership;
        this.settings = settings;
        this.host = host;
        this.log = log;
    }

    /** Everything up to {@code slot} was chosen before the restart. */
    void recoverChosen(long slot) {
        while (hintsAreGood && log.chosenSlot() < slot) {
            choose();
        }
        recordedSlot = log.chosenSlot();
    }

    /**
     * Everything up to {@code slot} was known from a peer's checkpoint before the restart. Where that checkpoint is gone,
     * what the journal has accepted up to there need not be what was chosen: it has to be learned again.
     */
    void recoverInstalled(long slot) {
        if (slot <= log.chosenSlot()) {
            installedSlot = slot;
        } else {
            hintsAreGood = false;
        }
    }

    /** Ends recovery. */
    void recovered(long nowNanos) {
        recovered = true;
        // A monotonic clock may begin anywhere: nothing was asked or recorded for as long as matters.
        askedNanos = nowNanos - LEARNERS_ASK_EVERY_NANOS;
        recordedNanos = nowNanos - RECORD_EVERY_NANOS;
        log.noteDurable(log.chosenSlot());
    }

    /** Everything up to {@code slot} is now known from a peer's checkpoint; goes on from there. */
    void installed(long slot, Configuration configuration, long nowNanos) {
        log.installed(slot);
        log.noteDurable(slot);
        reconfigured(slot, configuration);
        installedSlot = slot;
        host.persist(new LogRecord.Installed(slot));
        if (slot < targetSlot) {
            ask(nowNanos);
        }
    }

    /** The leader with {@code number} knows everything up to {@code slot} to be chosen. */
    void chosenUpTo(int leader, ProposalNumber number, long slot, long nowNanos) {
        while (log.chosenSlot() < slot) {
            LogEntry next = log.get(log.chosenSlot() + 1);
            if (next == null || !next.number().equals(number)) {
                want(leader, slot, nowNanos);
                return;
            }
            choose();
        }
    }

    private void choose() {
        LogEntry entry = log.choose();
        Configuration next = entry.value().configuration();
        if (next != null) {
            reconfigured(entry.slot(), next);
            // Not a hint any more: the members before may not be there after a restart, to say who came after them.
            record(entry.slot());
        }
        host.chosen(entry);
    }

    private void reconfigured(long slot, Configuration next) {
        membership.become(next);
        reconfiguredSlot = slot;
        host.reconfigured(next);
    }

    /** Every slot up to here is chosen and on this replica's disk. */
    long durableSlot() {
        return log.durableSlot();
    }

    /** Where the last configuration was learned that has not been asked for here yet; 0 for none. */
    long takeReconfiguredSlot() {
        long slot = reconfiguredSlot;
        reconfiguredSlot = 0;
        return slot;
    }

    /** The slot after the chosen prefix was chosen by votes that this replica counted itself. */
    void chooseNext() {
        choose();
    }

    /** Asks for everything up to {@code slot}, of {@code peer} first. */
    void want(int peer, long slot, long nowNanos) {
        targetSlot = Math.max(targetSlot, slot);
        ahead = peer;
        if (askedSlot <= log.chosenSlot()) {
            source = peer;
            ask(nowNanos);
        }
    }

    /** As {@link #want}, though another peer was asked: that one may be the leader that is gone. */
    void wantAtOnce(int peer, long slot, long nowNanos) {
        targetSlot = Math.max(targetSlot, slot);
        ahead = peer;
        source = peer;
        ask(nowNanos);
    }

    /** Chosen values from a peer. */
    void learn(int from, PaxosMessage.ChosenEntries message, long nowNanos) {
        for (LogEntry entry : message.entries()) {
            if (entry.slot() == log.chosenSlot() + 1) {
                store(entry);
                choose();
            }
        }
        targetSlot = Math.max(targetSlot, message.chosenSlot());
        if (from == source && askedSlot <= log.chosenSlot() && log.chosenSlot() < targetSlot) {
            ask(nowNanos);
        }
    }

    /** Answers a lagging peer, from memory or through the journal. */
    void serve(int peer, long fromSlot) {
        List<LogEntry> entries = log.chosenFrom(fromSlot, settings.chunkBytes());
        if (entries == null && fromSlot <= installedSlot) {
            // What the journal has up to there was accepted, and need not be what was chosen.
            host.offerCheckpoint(peer, fromSlot);
        } else if (entries == null) {
            journalReads.merge(
                    peer,
                    new JournalRead(fromSlot, log.chosenSlot()),
                    (before, now) -> new JournalRead(fromSlot, Math.min(before.throughSlot, now.throughSlot)));
            host.readLog(peer, fromSlot, settings.chunkBytes());
        } else {
            send(peer, entries);
        }
    }

    /**
     * The journal's answer for a lagging peer. The journal also holds what was accepted above the chosen prefix. Only what
     * was chosen before it was asked is passed on: a slot chosen since may have been read with the value that this replica
     * had accepted before it learned the chosen one.
     */
    void logRead(int peer, List<LogEntry> entries) {
        JournalRead read = journalReads.remove(peer);
        if (read == null) {
            return;
        }
        if (entries.isEmpty()) {
            host.offerCheckpoint(peer, read.fromSlot);
        } else {
            send(
                    peer,
                    entries.stream()
                            .takeWhile(entry -> entry.slot() <= read.throughSlot)
                            .toList());
        }
    }

    private void send(int peer, List<LogEntry> chosen) {
        host.send(peer, new PaxosMessage.ChosenEntries(chosen, log.chosenSlot()));
    }

    /** How many slots it knows to be chosen and still has to learn. */
    long missingSlots() {
        return Math.max(0, targetSlot - log.chosenSlot());
    }

    /** Asks another peer where the last one did not answer, and notes in the journal how far the prefix has come. */
    void tick(long nowNanos) {
        // Whoever does not vote may know of no leader, and nobody that leads may know how to reach it.
        boolean waiting = log.chosenSlot() < targetSlot
                || (!membership.isVoter() && nowNanos - askedNanos >= LEARNERS_ASK_EVERY_NANOS);
        boolean canAsk = !sources().isEmpty() && !host.isFetchingCheckpoint();
        if (waiting && canAsk && nowNanos - askedNanos >= settings.retransmitMs() * 1_000_000) {
            askAnother(nowNanos);
        }
        if (log.chosenSlot() > recordedSlot && nowNanos - recordedNanos >= RECORD_EVERY_NANOS) {
            recordedNanos = nowNanos;
            record(log.chosenSlot());
        }
        noteDurable();
    }

    private void record(long slot) {
        if (recovered) {
            recordedSlot = slot;
            host.persist(new LogRecord.Chosen(slot));
        }
    }

    /** One look at a time: a slow disk must not gather them. */
    private void noteDurable() {
        if (!notingDurable && log.chosenSlot() > log.durableSlot()) {
            notingDurable = true;
            long slot = log.chosenSlot();
            host.whenDurable(() -> {
                notingDurable = false;
                log.noteDurable(slot);
            });
        }
    }

    /** Asks the peer after the one asked last. */
    void askAnother(long nowNanos) {
        source = peerAfter(source);
        ask(nowNanos);
    }

    private void ask(long nowNanos) {
        List<Integer> sources = sources();
        if (sources.isEmpty()) {
            return;
        }
        source = sources.contains(source) ? source : peerAfter(source);
        askedSlot = log.chosenSlot() + 1;
        askedNanos = nowNanos;
        host.send(source, new PaxosMessage.CatchUp(askedSlot));
    }

    /**
     * Keeps a chosen value. Where this acceptor had accepted another value, the chosen one takes its place under a number
     * that is not lower: what the acceptor reports after a restart must not be weaker than what it accepted.
     */
    private void store(LogEntry chosen) {
        LogEntry before = log.get(chosen.slot());
        if (before != null && before.value().equals(chosen.value())) {
            return;
        }
        ProposalNumber number = chosen.number();
        if (before != null && before.number().isAbove(number)) {
            number = before.number();
        }
        LogEntry kept = new LogEntry(chosen.slot(), number, chosen.value());
        log.accept(kept);
        host.persist(new LogRecord.Accepted(kept));
    }

    /** A peer's checkpoint may be from before the configuration in force: all of its other members may be gone. */
    private List<Integer> sources() {
        return Stream.concat(membership.others().stream(), Stream.of(ahead).filter(id -> id != 0))
                .distinct()
                .sorted()
                .toList();
    }

    private int peerAfter(int peer) {
        List<Integer> sources = sources();
        Check.that(!sources.isEmpty(), "a replica alone has nobody to learn from");
        return sources.stream().filter(id -> id > peer).findFirst().orElse(sources.get(0));
    }
}
