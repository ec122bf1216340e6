package io.lockservice.replica;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.founding.FoundingMessage;
import io.lockservice.log.DiskRoom;
import io.lockservice.paxos.PaxosMessage;
import io.lockservice.transfer.TransferMessage;

/** What replicas say to each other. */
public sealed interface Message {
    /** Whether a session depends on it: whatever else waits, this is not to be held up. */
    default boolean isOfKeepAlive() {
        return (this instanceof Forward forward && forward.call().request() instanceof Request.KeepAlive)
                || (this instanceof ForwardAnswer answer && answer.answer().reply() instanceof Reply.KeptAlive)
                || this instanceof KeepAliveGone;
    }

    /** About clients' calls. */
    sealed interface OfCalls extends Message permits Forward, KeepAliveGone, ForwardOutdated, ForwardAnswer {}

    /** About the log. */
    record Consensus(PaxosMessage message) implements Message {}

    /** About checkpoints for those that lag. */
    record Transferring(TransferMessage message) implements Message {}

    /** About who is in the cell at all. */
    record Founding(FoundingMessage message) implements Message {}

    /** How much room the sender's disk has, to whoever leads. */
    record Room(DiskRoom room) implements Message {}

    /**
     * The replica a client asked, to the leader. Sent again until it is answered or the client's deadline has passed;
     * the leader executes it at most once. It is for one leadership alone: what comes late, when its replica leads anew, is
     * not executed (Burrows, section 2.9: the epoch number).
     *
     * @param sequence of the number under which the leader leads, as the sender knows
     * @param origin who executes and remembers: sender, its incarnation, the call's number
     * @param waitLeftMs how much of the call's own {@code waitMs} is left, in milliseconds
     * @param call the call
     */
    record Forward(long sequence, Origin origin, long waitLeftMs, ClientCall call) implements OfCalls {}

    /**
     * To the leader: whoever waits for the answer to that keep-alive has gone.
     *
     * @param incarnation of the origin, which is the sender
     * @param callId of the origin
     */
    record KeepAliveGone(long incarnation, long callId) implements OfCalls {}

    /**
     * The leader's answer to a {@link Forward} that was sent to an earlier leadership: it was not executed.
     *
     * @param incarnation of the origin
     * @param callId of the origin
     * @param sequence of the number under which the sender leads now
     */
    record ForwardOutdated(long incarnation, long callId, long sequence) implements OfCalls {}

    /**
     * The leader's answer to {@link Forward}.
     *
     * @param incarnation of the origin, so that a restarted one does not take it for its own
     * @param callId of the origin
     * @param sequence of the number under which the sender leads
     * @param answer the answer
     */
    record ForwardAnswer(long incarnation, long callId, long sequence, Answer answer) implements OfCalls {}

    /**
     * To the leader: what the sender's state is when it has applied a slot.
     *
     * @param slot one of those whose digests are compared
     * @param digest of the state behind it
     */
    record StateDigest(long slot, long digest) implements Message {}
}
