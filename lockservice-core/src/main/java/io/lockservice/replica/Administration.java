package io.lockservice.replica;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.paxos.Paxos;
import java.util.HashSet;
import java.util.LinkedHashMap;
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
    private final Map<Origin, Request.Administer> open = new LinkedHashMap<>();

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
        if (problem == null && !paxos.reconfigure(next(request, now), nowNanos)) {
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

    private static boolean isDone(Request.Administer request, Configuration now) {
        return isInForce(request, now)
                || (request instanceof Request.RemoveReplica remove
                        && now.member(remove.id()).isEmpty());
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

    /** Another leads: whoever asks here asks that one again. */
    void stop() {
        open.clear();
    }

    /**
     * A replica is there that is not in the cell with the data it has. One that was added is taken in, and one that has lost
     * its data takes the place of the voter it was: without a vote, for what that one promised is forgotten. Who was not
     * added is left outside.
     */
    void met(int replica, long incarnation, long nowNanos) {
        Configuration now = paxos.configuration();
        Member known = now.member(replica).orElse(null);
        if (replica == self || known == null || known.incarnation() == incarnation || !paxos.isLeading()) {
            return;
        }
        Configuration next = now.with(known.asLearner(incarnation));
        if (next.isQuorum(reachable(nowNanos))) {
            paxos.reconfigure(next, nowNanos);
        }
    }

    /** Answers what is done or could not be done, and gives a learner that has the whole log its vote. */
    void tick(long nowNanos) {
        if (!paxos.isLeading() || paxos.isReconfiguring()) {
            return;
        }
        Map<Origin, Request.Administer> settled = new LinkedHashMap<>(open);
        open.clear();
        settled.forEach(
                (origin, request) -> answer.accept(
                        origin,
                        isDone(request, paxos.configuration())
                                ? new Reply.Done()
                                : new Reply.Failed(
                                        new Problem(
                                                ProblemCode.QUORUM_AT_RISK,
                                                "too few of the replicas that would remain have all that was decided; nothing was done"))));
        paxos.learnersCaughtUp().stream()
                .findFirst()
                .flatMap(paxos.configuration()::member)
                .ifPresent(learner -> paxos.reconfigure(paxos.configuration().with(learner.asVoter()), nowNanos));
    }
}
