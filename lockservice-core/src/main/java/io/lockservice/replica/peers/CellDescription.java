package io.lockservice.replica.peers;

import io.lockservice.api.Reply;
import io.lockservice.cell.StateMachine;
import io.lockservice.log.Member;
import io.lockservice.paxos.Paxos;
import io.lockservice.paxos.PeerView;
import java.util.ArrayList;
import java.util.List;

/**
 * The cell as a replica sees it.
 *
 * @param self the replica
 * @param paxos its part in consensus
 * @param state what it has applied
 */
public record CellDescription(int self, Paxos paxos, StateMachine state) {
    /** The members with how they are, and the sizes of the state. */
    public Reply.CellState asSeenAt(long nowNanos) {
        List<Reply.ReplicaState> replicas = new ArrayList<>();
        long chosen = paxos.chosenSlot();
        for (Member member : paxos.configuration().members()) {
            int id = member.id();
            PeerView view = id == self ? new PeerView(true, chosen, 0) : paxos.view(id, nowNanos);
            long lag = view.chosenSlot() < 0 ? -1 : Math.max(0, chosen - view.chosenSlot());
            String role = id == paxos.leader() ? "leader" : member.voter() ? "follower" : "learner";
            replicas.add(new Reply.ReplicaState(
                    id,
                    member.host(),
                    member.http(),
                    role,
                    view.reachable(),
                    view.chosenSlot(),
                    view.chosenSlot(),
                    lag,
                    view.lastHeardMs()));
        }
        long reachable = replicas.stream()
                .filter(each -> each.reachable() && paxos.configuration().isVoter(each.id()))
                .count();
        // A follower does not hear from the others, so it cannot tell.
        int tolerance = paxos.leader() == self
                ? (int) Math.max(0, reachable - paxos.configuration().majority())
                : Reply.CellState.UNKNOWN_TOLERANCE;
        return new Reply.CellState(replicas, tolerance, state.sessionCount(), state.nodeCount(), state.lockCount());
    }
}
