package io.lockservice.replica;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.paxos.Paxos;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is in the cell, as the leader is asked to change it: one replica at a time, as a learner first. A request is answered
 * once what it asks for is in force, so that one that is repeated to a later leader does nothing twice.
 */
final class Administration {
    private final int self;
    private final Paxos paxos;
    private final BiConsumer<Origin, Reply> answer;
    private final Map<Origin, Request.Administer> open = new HashMap<>();

    Administration(int self, Paxos paxos, BiConsumer<Origin, Reply> answer) {
        this.self = self;
        this.paxos = paxos;
        this.answer = answer;
    }

    /** A request has come, or has come again. */
    void asked(Origin origin, Request.Administer request, long nowNanos) {
        if (request instanceof Request.MoveLeader move) {
            moveLeader(origin, move.replica(), nowNanos);
        } else if (open.keySet().stream().noneMatch(each -> isSame(each, origin))) {
            change(origin, request, nowNanos);
        }
    }

    private static boolean isSame(Origin one, Origin other) {
        return one.replicaId() == other.replicaId()
                && one.incarnation() == other.incarnation()
                && one.callId() == other.callId();
    }

    private void moveLeader(Origin origin, int replica, long nowNanos) {
        int successor = replica == 0 ? paxos.successor() : replica;
        if (replica != 0 && paxos.configuration().member(replica).isEmpty()) {
            answer.accept(origin, new Reply.Failed(unknown(replica)));
        } else if (successor != self && !paxos.canLead(successor)) {
            answer.accept(
                    origin,
                    new Reply.Failed(new Problem(
                            ProblemCode.REPLICA_UNAVAILABLE,
                            successor == 0
                                    ? "no other replica can lead now"
                                    : "replica " + successor + " cannot lead now")));
        } else {
            answer.accept(origin, new Reply.Done());
            if (successor != self) {
                paxos.resign(successor, nowNanos);
            }
        }
    }

    private void change(Origin origin, Request.Administer request, long nowNanos) {
        Configuration now = paxos.configuration();
        if (isInForce(request, now)) {
            answer.accept(origin, new Reply.Done());
            return;
        }
        Problem problem = refusal(request, now, nowNanos);
        if (problem == null && !paxos.reconfigure(next(request, now))) {
            problem = inProgress();
        }
        if (problem == null) {
            open.put(origin, request);
        } else {
            answer.accept(origin, new Reply.Failed(problem));
        }
    }

    private static boolean isInForce(Request.Administer request, Configuration now) {
        return request instanceof Request.AddReplica add
                && now.member(add.id())
                        .filter(each ->
                                each.host().equals(add.host()) && each.bus() == add.bus() && each.http() == add.http())
                        .isPresent();
    }

    private @Nullable Problem refusal(Request.Administer request, Configuration now, long nowNanos) {
        List<Member> learners =
                now.members().stream().filter(each -> !each.voter()).toList();
        if (request instanceof Request.AddReplica add) {
            Member there = now.member(add.id()).orElse(null);
            if (there != null) {
                return new Problem(
                        ProblemCode.REPLICA_EXISTS,
                        "replica " + add.id() + " is at " + there.host() + ", bus " + there.bus() + ", http "
                                + there.http());
            }
            return learners.isEmpty() && !paxos.isReconfiguring() ? null : inProgress();
        }
        Request.RemoveReplica remove = (Request.RemoveReplica) request;
        Member leaving = now.member(remove.id()).orElse(null);
        if (leaving == null) {
            return unknown(remove.id());
        }
        if (paxos.isReconfiguring() || learners.stream().anyMatch(each -> each.id() != remove.id())) {
            return inProgress();
        }
        Configuration next = now.without(remove.id());
        boolean keepsQuorum = !next.voters().isEmpty() && (remove.force() || next.isQuorum(reachable(nowNanos)));
        return keepsQuorum || !leaving.voter()
                ? null
                : new Problem(
                        ProblemCode.QUORUM_AT_RISK,
                        "without replica " + remove.id() + " too few of the remaining " + next.voters()
                                + " can be reached to decide anything");
    }

    private Set<Integer> reachable(long nowNanos) {
        Set<Integer> reachable = new HashSet<>(Set.of(self));
        for (int id : paxos.configuration().ids()) {
            if (id != self && paxos.view(id, nowNanos).reachable()) {
                reachable.add(id);
            }
        }
        return reachable;
    }

    private static Configuration next(Request.Administer request, Configuration now) {
        if (request instanceof Request.AddReplica add) {
            return now.with(new Member(add.id(), 0, false, add.host(), add.bus(), add.http()));
        }
        return now.without(((Request.RemoveReplica) request).id());
    }

    private static Problem unknown(int replica) {
        return new Problem(ProblemCode.NOT_FOUND, "no replica of this cell has the id " + replica);
    }

    private static Problem inProgress() {
        return new Problem(
                ProblemCode.CHANGE_IN_PROGRESS,
                "another replica is being added or removed; nothing was done, try again");
    }

    /** {@code configuration} is in force. */
    void reconfigured(Configuration configuration) {
        for (Map.Entry<Origin, Request.Administer> each : Map.copyOf(open).entrySet()) {
            boolean isDone = isInForce(each.getValue(), configuration)
                    || (each.getValue() instanceof Request.RemoveReplica remove
                            && configuration.member(remove.id()).isEmpty());
            if (isDone) {
                open.remove(each.getKey());
                answer.accept(each.getKey(), new Reply.Done());
            }
        }
    }

    /** Another leads: whoever asks here asks that one again. */
    void stop() {
        open.clear();
    }

    /** A learner that has the whole log gets its vote. */
    void tick() {
        if (paxos.isLeading() && !paxos.isReconfiguring()) {
            paxos.learnersCaughtUp().stream()
                    .findFirst()
                    .flatMap(paxos.configuration()::member)
                    .ifPresent(
                            learner -> paxos.reconfigure(paxos.configuration().with(learner.asVoter())));
        }
    }
}
