package io.lockservice.replica;

import io.lockservice.cell.Command;
import io.lockservice.cell.CommandCodec;
import io.lockservice.cell.StateMachine;
import io.lockservice.digest.DigestComparison;
import io.lockservice.digest.DigestHost;
import io.lockservice.log.Configuration;
import io.lockservice.paxos.Paxos;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/** Joins the comparison of digests to the replica. */
final class DigestDuties implements DigestHost {
    private final StateMachine state;
    private final Paxos paxos;
    private final Outbox outbox;
    private final BooleanSupplier serving;
    private final DigestComparison comparison;

    /** {@code serving} tells whether this replica leads and its epoch has begun. */
    DigestDuties(ReplicaSettings settings, StateMachine state, Paxos paxos, Outbox outbox, BooleanSupplier serving) {
        this.state = state;
        this.paxos = paxos;
        this.outbox = outbox;
        this.serving = serving;
        comparison = new DigestComparison(settings.replicaId(), settings.digestEverySlots(), this);
    }

    /** A command was applied. */
    void applied(Command command) {
        if (command instanceof Command.CompareDigest compare) {
            comparison.compared(compare.slot(), compare.digest());
        }
    }

    /** All commands of a slot were applied. */
    void applied(long slot) {
        comparison.applied(slot);
    }

    /** A peer takes this replica for the leader and says what it has. */
    void received(int from, Message.StateDigest message) {
        comparison.told(from, message.slot(), message.digest());
    }

    /** A peer's checkpoint took the place of the state. */
    void installed() {
        comparison.forget();
    }

    @Override
    public long digest() {
        return state.digest();
    }

    @Override
    public long appliedSlot() {
        return paxos.chosenSlot();
    }

    @Override
    public int leader() {
        return paxos.leader();
    }

    @Override
    public boolean mayPropose() {
        return serving.getAsBoolean();
    }

    @Override
    public Configuration configuration() {
        return paxos.configuration();
    }

    @Override
    public void tell(int leader, long slot, long digest) {
        outbox.add(new Effect.Send(leader, new Message.StateDigest(slot, digest)));
    }

    @Override
    public boolean propose(long slot, long digest) {
        return paxos.propose(CommandCodec.encode(new Command.CompareDigest(slot, digest)));
    }

    @Override
    public void disagree(long slot, SortedMap<Integer, Long> digests) {
        outbox.add(new Effect.DigestsDisagree(slot, digests));
    }

    @Override
    public void distrust(String reason) {
        outbox.add(new Effect.StopReplica(reason, true));
    }
}
