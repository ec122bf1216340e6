package io.lockservice.digest;

import io.lockservice.check.Check;
import io.lockservice.log.Configuration;
import java.util.HashSet;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares the states of the replicas through the log. Behind every so many slots each replica notes its own digest and
 * tells it to the leader. Once a majority of the voters has the same one, the leader proposes that, be it its own or not;
 * whoever applies the entry and has noted another one is not to be trusted. So a replica is stopped only by a majority, and by
 * what it was itself at that very slot. Where there is no majority nobody is stopped, and an operator is told.
 *
 * <p>What is lost on the way, or forgotten by a restart, is not made up for: there will be another slot.
 */
public final class DigestComparison {
    /** Of so many slots notes are kept. */
    static final int KEPT = 16;

    /** Where no majority has come of a slot and so many comparisons later still none has, it is told to the operator. */
    static final int UNDECIDED_FOR = 4;

    private final int self;
    private final long everySlots;
    private final DigestHost host;
    private final TreeMap<Long, Long> own = new TreeMap<>();
    private final TreeMap<Long, Tally> tallies = new TreeMap<>();

    /** What was told of one slot, by replica. */
    private static final class Tally {
        final TreeMap<Integer, Long> digests = new TreeMap<>();
        boolean isSettled;
    }

    /**
     * For a replica that has applied nothing yet, or starts from a checkpoint.
     *
     * @param everySlots how many slots from one comparison to the next, 2 at least: the entry that compares takes a slot too
     */
    public DigestComparison(int self, long everySlots, DigestHost host) {
        Check.that(everySlots >= 2, "comparing must not be all that the log is for");
        this.self = self;
        this.everySlots = everySlots;
        this.host = host;
    }

    /** A slot was applied. */
    public void applied(long slot) {
        if (slot % everySlots != 0) {
            return;
        }
        long digest = host.digest();
        own.put(slot, digest);
        trim(own);
        int leader = host.leader();
        if (leader == self) {
            count(slot);
        } else if (leader != 0) {
            host.tell(leader, slot, digest);
        }
    }

    /** Replica {@code from} had that digest behind {@code slot}. */
    public void told(int from, long slot, long digest) {
        boolean isCompared = slot > 0 && slot % everySlots == 0;
        if (isCompared && Math.abs(slot - host.appliedSlot()) <= KEPT * everySlots) {
            tally(slot).digests.put(from, digest);
            count(slot);
        }
    }

    private Tally tally(long slot) {
        Tally tally = tallies.computeIfAbsent(slot, added -> new Tally());
        trim(tallies);
        return tally;
    }

    private static void trim(NavigableMap<Long, ?> bySlot) {
        while (bySlot.size() > KEPT) {
            bySlot.pollFirstEntry();
        }
    }

    private void count(long slot) {
        if (!host.mayPropose()) {
            return;
        }
        Tally tally = tally(slot);
        if (!tally.isSettled) {
            settle(slot, tally);
        }
        tallies.headMap(slot - UNDECIDED_FOR * everySlots, true).forEach((older, undecided) -> {
            if (!undecided.isSettled) {
                settle(older, undecided);
            }
            if (!undecided.isSettled) {
                undecided.isSettled = true;
                giveUp(older, digests(older, undecided));
            }
        });
    }

    private void settle(long slot, Tally tally) {
        SortedMap<Integer, Long> digests = digests(slot, tally);
        Configuration configuration = host.configuration();
        int most = 0;
        for (long digest : digests.values()) {
            int count = (int)
                    digests.values().stream().filter(each -> each == digest).count();
            if (count >= configuration.majority()) {
                tally.isSettled = host.propose(slot, digest);
                return;
            }
            most = Math.max(most, count);
        }
        int missing = configuration.voters().size() - digests.size();
        if (most + missing < configuration.majority()) {
            tally.isSettled = true;
            giveUp(slot, digests);
        }
    }

    /** What the voters had, as far as it is known. */
    private SortedMap<Integer, Long> digests(long slot, Tally tally) {
        TreeMap<Integer, Long> digests = new TreeMap<>(tally.digests);
        @Nullable Long mine = own.get(slot);
        if (mine != null) {
            digests.put(self, mine);
        }
        digests.keySet().retainAll(host.configuration().voters());
        return digests;
    }

    private void giveUp(long slot, SortedMap<Integer, Long> digests) {
        if (new HashSet<>(digests.values()).size() > 1) {
            host.disagree(slot, digests);
        }
    }

    /** The log says that a majority had {@code digest} behind {@code slot}. */
    public void compared(long slot, long digest) {
        @Nullable Long mine = own.get(slot);
        if (mine != null && mine != digest) {
            host.distrust("behind slot " + slot + " the state of this replica has digest " + Long.toHexString(mine)
                    + ", that of a majority " + Long.toHexString(digest));
        }
    }

    /** The state is another one, from a peer's checkpoint: what was noted of the one before says nothing about it. */
    public void forget() {
        own.clear();
    }
}
