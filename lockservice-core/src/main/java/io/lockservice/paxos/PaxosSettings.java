package io.lockservice.paxos;

/**
 * How consensus is tuned. The same on every replica of a cell.
 *
 * @param leaseMs how long an acceptor that acknowledged a leader promises nobody else, in milliseconds
 * @param heartbeatMs how often the leader is heard when it has nothing to propose, in milliseconds
 * @param announceMs what was chosen is told where the leader has nothing to propose, but not sooner after it was heard last, in
 *     milliseconds; from {@code heartbeatMs} on only heartbeats tell it
 * @param electionJitterMs a candidate waits a random time up to this before it probes, in milliseconds
 * @param retransmitMs after this an unanswered message is sent again, in milliseconds
 * @param driftPercent how much the rates of two clocks may differ, in percent
 * @param pipelineSlots how many slots the leader has open at once
 * @param batchBytes the most bytes of commands in one slot, but at least one command
 * @param chunkBytes the most bytes of values in one promise or catch-up message, but at least one value
 * @param windowBytes how many bytes of chosen values stay in memory for lagging peers
 * @param queuedBytes the most bytes of commands waiting for a slot; more are refused as overload
 */
public record PaxosSettings(
        long leaseMs,
        long heartbeatMs,
        long announceMs,
        long electionJitterMs,
        long retransmitMs,
        int driftPercent,
        int pipelineSlots,
        int batchBytes,
        int chunkBytes,
        long windowBytes,
        long queuedBytes) {
    /** What a cell uses that says nothing else. */
    public static final PaxosSettings DEFAULT =
            new PaxosSettings(1_000, 100, 2, 150, 200, 1, 8, 1 << 18, 1 << 18, 32L << 20, 32L << 20);
}
