package io.lockservice.replica.peers;

import io.lockservice.log.Configuration;
import io.lockservice.log.DiskRoom;
import io.lockservice.paxos.Paxos;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * How much room the disks of the cell have. Who lacks room tells whoever leads, again and again while it lasts; of who says
 * nothing the disk has enough. The leader lets the state grow only where a majority has room for it, and does not itself
 * lead from a fuller disk than it must.
 */
public final class DiskRooms {
    private static final long TELL_EVERY_NANOS = 500_000_000;

    /** What was told counts for so long: several tellings may be lost. */
    private static final long BELIEVED_NANOS = 2_000_000_000;

    /** For so long a leader's own disk has to lack room before it hands over: what fills one disk often fills the others too. */
    private static final long SETTLED_NANOS = 1_000_000_000;

    /** Who has led for less than that does not hand over for want of room: leadership must not go round. */
    private static final long HAND_OVER_AFTER_NANOS = 5_000_000_000L;

    private record Told(DiskRoom room, long nanos) {}

    private final int self;
    private final Paxos paxos;
    private final BiConsumer<Integer, DiskRoom> send;
    private final TreeMap<Integer, Told> told = new TreeMap<>();
    private DiskRoom own = DiskRoom.ENOUGH;
    private long ownSinceNanos;
    private DiskRoom said = DiskRoom.ENOUGH;
    private int saidTo;
    private long saidNanos;
    private boolean led;
    private long ledSinceNanos;

    /** {@code send} tells a replica how much room this one's disk has; that may be lost. */
    public DiskRooms(int self, Paxos paxos, BiConsumer<Integer, DiskRoom> send) {
        this.self = self;
        this.paxos = paxos;
        this.send = send;
    }

    /** How much this replica's own disk has. */
    public DiskRoom own() {
        return own;
    }

    /** This replica's own disk has got more or less. */
    public void changed(DiskRoom room, long nowNanos) {
        own = room;
        ownSinceNanos = nowNanos;
        tell(nowNanos);
    }

    /** A peer says how much its disk has. */
    public void received(int from, DiskRoom room, long nowNanos) {
        told.put(from, new Told(room, nowNanos));
    }

    /** Time went by. */
    public void tick(long nowNanos) {
        told.values().removeIf(each -> nowNanos - each.nanos() >= BELIEVED_NANOS);
        tell(nowNanos);
        boolean leads = paxos.isLeading();
        if (leads && !led) {
            ledSinceNanos = nowNanos;
        }
        led = leads;
        boolean settled =
                nowNanos - ownSinceNanos >= SETTLED_NANOS && nowNanos - ledSinceNanos >= HAND_OVER_AFTER_NANOS;
        if (leads && own != DiskRoom.ENOUGH && settled) {
            handOver(nowNanos);
        }
    }

    private void tell(long nowNanos) {
        int leader = paxos.leader();
        if (leader == 0 || leader == self) {
            return;
        }
        DiskRoom lastTold = leader == saidTo ? said : DiskRoom.ENOUGH;
        boolean isDue = own != DiskRoom.ENOUGH && nowNanos - saidNanos >= TELL_EVERY_NANOS;
        if (own != lastTold || isDue) {
            said = own;
            saidTo = leader;
            saidNanos = nowNanos;
            send.accept(leader, own);
        }
    }

    private void handOver(long nowNanos) {
        paxos.configuration().voters().stream()
                .filter(voter -> voter != self && room(voter).compareTo(own) < 0 && paxos.canLead(voter))
                .min(Comparator.comparing(this::room))
                .ifPresent(successor -> paxos.resign(successor, nowNanos));
    }

    private DiskRoom room(int replica) {
        if (replica == self) {
            return own;
        }
        Told last = told.get(replica);
        return last == null ? DiskRoom.ENOUGH : last.room();
    }

    /**
     * Whether a majority of the voters answers and has room. Where too few answer that is another trouble, which this does
     * not pass for: somebody has to have said that it lacks room.
     */
    public boolean isEnoughToGrow(long nowNanos) {
        if (own == DiskRoom.ENOUGH && told.isEmpty()) {
            return true;
        }
        Configuration cell = paxos.configuration();
        List<Integer> roomy = new ArrayList<>();
        boolean lacking = false;
        for (int voter : cell.voters()) {
            if (room(voter) != DiskRoom.ENOUGH) {
                lacking = true;
            } else if (voter == self || paxos.view(voter, nowNanos).reachable()) {
                roomy.add(voter);
            }
        }
        return !lacking || cell.isQuorum(roomy);
    }

    /** Why this replica is not ready for clients, for a person; empty where its disk has room. */
    public String notReadyReason() {
        return switch (own) {
            case ENOUGH -> "";
            case LOW -> "the disk of this replica is nearly full: make room on it, then it goes on by itself";
            case NONE ->
                "the disk of this replica is full, and it cannot write any more: make room on it, then it goes on"
                        + " by itself";
        };
    }
}
