package io.lockservice.replica;

import io.lockservice.api.Reply;
import io.lockservice.cell.StateMachine;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.paxos.PeerView;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The cell as one replica sees it now. Whoever tells operators how the cell is asks here, so that all of them say the same.
 *
 * @param configuration who is in the cell
 * @param self the replica that looks
 * @param leader whom it takes for the leader, 0 for none
 * @param chosenSlot its own chosen prefix
 * @param peers what it knows of another replica; not asked about itself
 */
record CellView(Configuration configuration, int self, int leader, long chosenSlot, IntFunction<PeerView> peers) {
    /** What is told of the cell, with the counts of {@code state}. */
    Reply.CellState describe(StateMachine state) {
        return new Reply.CellState(
                replicas(), faultTolerance(), state.sessionCount(), state.nodeCount(), state.lockCount());
    }

    /** The members, ascending by id. */
    List<Reply.ReplicaState> replicas() {
        return configuration.members().stream().map(this::describe).toList();
    }

    /**
     * How many more voters may fail with the cell still able to decide: those that answer the leader now, itself among them,
     * less a majority. One that is silent, or is listed and never said anything, has failed already, whatever the
     * configuration counts on. Never below 0; {@link Reply.CellState#UNKNOWN_TOLERANCE} where this replica does not lead: a
     * follower does not hear from the others, so it cannot tell.
     */
    int faultTolerance() {
        if (leader != self) {
            return Reply.CellState.UNKNOWN_TOLERANCE;
        }
        int answering = 0;
        for (int voter : configuration.voters()) {
            answering += answers(of(voter)) ? 1 : 0;
        }
        return Math.max(0, answering - configuration.majority());
    }

    /** A new leader takes nobody for silent yet: what counts is that it has heard how far the other is. */
    private static boolean answers(PeerView view) {
        return view.reachable() && view.chosenSlot() >= 0;
    }

    private Reply.ReplicaState describe(Member member) {
        int id = member.id();
        PeerView view = of(id);
        long lag = view.chosenSlot() < 0 ? -1 : Math.max(0, chosenSlot - view.chosenSlot());
        String role = id == leader ? "leader" : member.voter() ? "follower" : "learner";
        return new Reply.ReplicaState(
                id,
                member.host(),
                member.http(),
                member.incarnation(),
                role,
                view.reachable(),
                view.chosenSlot(),
                view.chosenSlot(),
                lag,
                view.lastHeardMs());
    }

    private PeerView of(int id) {
        return id == self ? new PeerView(true, chosenSlot, 0) : peers.apply(id);
    }
}
