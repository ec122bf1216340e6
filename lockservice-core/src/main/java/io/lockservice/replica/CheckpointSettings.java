package io.lockservice.replica;

/**
 * When a replica writes down what it knows, so that a restart need not go through the whole log. The first that is reached
 * counts.
 *
 * @param logBytes after so many bytes of applied values
 * @param slots after so many slots
 * @param nodesPerStep so many nodes are copied in one step, which takes well below a millisecond, whatever the cell holds
 */
public record CheckpointSettings(long logBytes, long slots, int nodesPerStep) {
    /** What a cell uses that says nothing else. */
    public static final CheckpointSettings DEFAULT = new CheckpointSettings(64L << 20, 1_000_000, 2_000);
}
