package io.lockservice.paxos;

import io.lockservice.log.LogEntry;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.List;

/**
 * What replicas say to each other about the log. Every message may be lost, late, repeated or out of order; each can be
 * handled at any time. See the table of messages in {@code docs/paxos.md}.
 */
public sealed interface PaxosMessage {

    /** Said by a replica about a proposal number it holds; only these may change what an acceptor promised. */
    sealed interface FromProposer extends PaxosMessage permits Prepare, Accept, Heartbeat {
        /** The proposal number under which the sender acts. */
        ProposalNumber number();
    }

    /** Counts for something only where its sender is a member with the data that the configuration knows. */
    sealed interface Vote extends PaxosMessage permits ProbeAnswer, Promise, Accepted, HeartbeatAnswer {}

    /**
     * Candidate to all, before it campaigns: would you promise a number to me? Changes nothing at the receiver.
     *
     * @param probeId tells answers to this probe from those to an earlier one
     * @param chosenSlot the sender's chosen prefix: who is far behind would have to learn for long before it could lead
     */
    record Probe(long probeId, long chosenSlot) implements PaxosMessage {}

    /**
     * Acceptor to candidate.
     *
     * @param probeId of the probe
     * @param willing whether it would promise now: it has no lease to another leader, and the candidate is not far behind it
     * @param promised the largest number it has promised, so that the candidate's will be larger
     */
    record ProbeAnswer(long probeId, boolean willing, ProposalNumber promised) implements Vote {}

    /**
     * Phase 1a over all slots from {@code fromSlot}.
     *
     * @param number the candidate's number
     * @param fromSlot the first slot the candidate wants to hear about
     */
    record Prepare(ProposalNumber number, long fromSlot) implements FromProposer {}

    /**
     * Phase 1b: the promise, with a bounded chunk of what was accepted.
     *
     * @param number the number promised
     * @param fromSlot of the {@link Prepare} this answers
     * @param accepted accepted entries from {@code fromSlot} that are above {@code chosenSlot}, ascending
     * @param nextSlot where the next chunk starts, 0 when this is the last
     * @param chosenSlot the sender's chosen prefix: the candidate has to learn up to here
     */
    record Promise(ProposalNumber number, long fromSlot, List<LogEntry> accepted, long nextSlot, long chosenSlot)
            implements Vote {}

    /**
     * An acceptor's refusal of {@link Prepare}, {@link Accept} or {@link Heartbeat}.
     *
     * @param number what was refused
     * @param promised the number the acceptor has promised; equal to or below {@code number} where it refuses because of
     *     its lease to another leader
     */
    record Rejected(ProposalNumber number, ProposalNumber promised) implements PaxosMessage {}

    /**
     * Phase 2a for one slot. Also a heartbeat.
     *
     * @param number the leader's number
     * @param round the leader's latest round, see {@link Heartbeat}
     * @param slot the slot
     * @param value the value proposed for it
     * @param chosenSlot everything up to here is chosen
     */
    record Accept(ProposalNumber number, long round, long slot, Value value, long chosenSlot) implements FromProposer {}

    /**
     * Phase 2b: durable acceptance of the slot. Acceptors answer the leader directly; there are no separate learners.
     *
     * @param number of the {@link Accept}
     * @param round of the {@link Accept}
     * @param slot of the {@link Accept}
     */
    record Accepted(ProposalNumber number, long round, long slot) implements Vote {}

    /**
     * Leader to all: I lead, and this much is chosen.
     *
     * @param number the leader's number
     * @param round numbers the leader's heartbeats; an answer proves that the sender led at the time this round was sent
     * @param chosenSlot everything up to here is chosen
     * @param inheritedSlot nothing beyond this was chosen under an earlier leader; may be above {@code chosenSlot} at first
     */
    record Heartbeat(ProposalNumber number, long round, long chosenSlot, long inheritedSlot) implements FromProposer {}

    /**
     * Acceptor to leader: grants the lease for the round.
     *
     * @param number of the {@link Heartbeat}
     * @param round of the {@link Heartbeat}
     * @param chosenSlot the sender's own chosen prefix, as far as it is on its disk: how far it lags
     */
    record HeartbeatAnswer(ProposalNumber number, long round, long chosenSlot) implements Vote {}

    /**
     * A lagging replica to any peer: send me what is chosen.
     *
     * @param fromSlot the first slot it lacks
     */
    record CatchUp(long fromSlot) implements PaxosMessage {}

    /**
     * Chosen values for consecutive slots.
     *
     * @param entries ascending, without gaps
     * @param chosenSlot the sender's chosen prefix
     */
    record ChosenEntries(List<LogEntry> entries, long chosenSlot) implements PaxosMessage {}

    /**
     * A leader that stops: the lease it had is over at once.
     *
     * @param number the leader's number
     * @param successor the replica that should campaign now
     */
    record Resigned(ProposalNumber number, int successor) implements PaxosMessage {}
}
