package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.cell.repeat.Origin;
import java.util.List;
import java.util.Map;

/** What the log holds: a client's write, or a duty of the leader. */
public sealed interface Command {
    /**
     * A client's write; {@code call.request()} is a {@link io.lockservice.api.Request.Write}. Does nothing unless
     * {@code epoch} is the current one: what a leader that was replaced had proposed may be found and chosen much later, when
     * a successor has told the client that it was not done ("Paxos Made Live", section 5.2: epoch numbers).
     */
    record Client(long epoch, Origin origin, ClientCall call) implements Command {}

    /**
     * The first command of every leader: the epoch grows by one. Answered by {@link Applied#epochStarted()}.
     *
     * @param leader the replica that leads
     * @param nonce tells the leader that it was its own command, not an earlier one of the same replica
     */
    record StartEpoch(int leader, long nonce) implements Command {}

    /**
     * Ends sessions whose leases ran out. Does nothing unless {@code epoch} is the current one: a leader that was
     * replaced cannot end a session which its successor has kept alive.
     */
    record ExpireSessions(long epoch, List<String> sessions) implements Command {}

    /**
     * Gives up a place in a queue whose wait ended. Does nothing unless that place, named by its ticket, is still there.
     */
    record Withdraw(Name name, String session, long ticket) implements Command {}

    /** A lock-delay has passed. Does nothing unless that very one, named by the token of the hold, is still there. */
    record EndLockDelay(Name name, long token) implements Command {}

    /**
     * Forgets what was kept for idempotency keys up to a revision; does nothing unless {@code epoch} is the current one.
     * Keys of a session that ends go with it, whatever their age.
     */
    record RetireKeys(long epoch, long throughRevision) implements Command {}

    /**
     * Sessions are to drop what they have cached of some nodes, which are about to change (Burrows, section 2.7). Changes
     * nothing that others can see.
     */
    record Invalidate(List<Copies> copies) implements Command {
        /** The sessions that may have a copy of something of the node {@code name}. */
        public record Copies(Name name, List<String> sessions) {}
    }

    /**
     * The leader may grant leases that are longer than the sessions asked for, or no longer does and all such leases have run
     * out. Does nothing unless {@code epoch} is the current one.
     */
    record StretchLeases(long epoch, boolean stretched) implements Command {}

    /** Sessions have taken in their events up to these numbers. Changes nothing that clients can see. */
    record AcknowledgeEvents(Map<String, Long> seqs) implements Command {}

    /**
     * A majority of the voters had this digest when they had applied a slot: who had another one is not to be trusted.
     * Changes nothing.
     *
     * @param slot the slot
     * @param digest {@link StateMachine#digest} behind it
     */
    record CompareDigest(long slot, long digest) implements Command {}
}
