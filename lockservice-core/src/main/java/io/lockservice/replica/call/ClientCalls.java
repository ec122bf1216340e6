package io.lockservice.replica.call;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.gateway.Gateway;
import io.lockservice.paxos.Paxos;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.session.LeaderDuties;

/**
 * Where clients' calls go: what may be old is answered here, the rest is brought to the leader; and what other replicas
 * bring is taken in if it is for the leadership that this replica has.
 */
public final class ClientCalls {
    private final int self;
    private final Paxos paxos;
    private final LeaderDuties duties;
    private final Gateway gateway;
    private final Exits exits;

    /** What calls need of the replica around them. Called within a step only. */
    public interface Exits {
        /** Sends to another replica. */
        void send(int to, Message message);

        /** Answers a read from this replica's state. */
        Reply read(ClientCall call);

        /** Hands on the leader's answer to this replica's client. */
        void hand(long callId, Answer answer);

        /** Answers this replica's client. */
        void respond(long callId, Reply reply);
    }

    /** The calls of replica {@code self}. */
    public ClientCalls(int self, Paxos paxos, LeaderDuties duties, Gateway gateway, Exits exits) {
        this.self = self;
        this.paxos = paxos;
        this.duties = duties;
        this.gateway = gateway;
        this.exits = exits;
    }

    /** This replica's client asks. */
    public void called(Input.Called called, long nowNanos) {
        boolean stale = called.maxStaleMs() != Input.Called.LINEARIZABLE
                && called.call().request() instanceof Request.Read;
        if (!stale) {
            gateway.called(called.callId(), called.call(), called.timeoutMs(), nowNanos);
            return;
        }
        long ageMs = paxos.stateAgeMs(nowNanos);
        boolean fresh = called.maxStaleMs() == Long.MAX_VALUE || (ageMs >= 0 && ageMs <= called.maxStaleMs());
        exits.respond(called.callId(), fresh ? exits.read(called.call()) : new Reply.Failed(tooStale(ageMs)));
    }

    private static Problem tooStale(long ageMs) {
        return new Problem(
                ProblemCode.TOO_STALE,
                ageMs < 0
                        ? "this replica has not caught up with a leader yet; ask another, or with a larger maxStaleMs"
                        : "what this replica knows may be " + ageMs
                                + " ms old; ask another, or with a larger maxStaleMs");
    }

    /** What another replica says of its clients' calls, or of this one's. */
    public void received(int from, Message.OfCalls message, long nowNanos) {
        if (message instanceof Message.Forward forward) {
            forwarded(from, forward, nowNanos);
        } else if (message instanceof Message.KeepAliveGone gone) {
            duties.gone(from, gone.incarnation(), gone.callId());
        } else if (message instanceof Message.ForwardOutdated outdated) {
            gateway.outdated(outdated.incarnation(), from, outdated.sequence());
        } else if (message instanceof Message.ForwardAnswer answer) {
            gateway.answered(
                    answer.incarnation(),
                    answer.callId(),
                    new Gateway.Leadership(from, answer.sequence()),
                    answer.answer().reply(),
                    () -> exits.hand(answer.callId(), answer.answer()));
        }
    }

    /** Another replica's client asks. */
    private void forwarded(int from, Message.Forward forward, long nowNanos) {
        Origin origin = forward.origin();
        if (origin.replicaId() != from || paxos.leader() != self) {
            return;
        }
        if (forward.sequence() == paxos.leaderSequence()) {
            duties.handle(origin, forward.call(), forward.waitLeftMs(), nowNanos);
        } else if (forward.sequence() < paxos.leaderSequence()) {
            exits.send(
                    from, new Message.ForwardOutdated(origin.incarnation(), origin.callId(), paxos.leaderSequence()));
        }
    }
}
