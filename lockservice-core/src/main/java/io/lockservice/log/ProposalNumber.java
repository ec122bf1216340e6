package io.lockservice.log;

import io.lockservice.wire.WireReader;
import io.lockservice.wire.WireWriter;

/**
 * A proposal number {@code <sequence>.<replica id>}: totally ordered by sequence, then by replica, so two replicas never
 * issue the same one. It stands in this package because the journal keeps it.
 *
 * @param sequence grows with every campaign of a replica; 0 only in {@link #NONE}
 * @param replicaId who issued it; 0 only in {@link #NONE}
 */
public record ProposalNumber(long sequence, int replicaId) implements Comparable<ProposalNumber> {
    /** Smaller than every number a replica can issue. */
    public static final ProposalNumber NONE = new ProposalNumber(0, 0);

    @Override
    public int compareTo(ProposalNumber other) {
        int bySequence = Long.compare(sequence, other.sequence);
        return bySequence != 0 ? bySequence : Integer.compare(replicaId, other.replicaId);
    }

    /** True where this number is larger than {@code other}. */
    public boolean isAbove(ProposalNumber other) {
        return compareTo(other) > 0;
    }

    /** The smallest number that {@code replica} may issue and that is larger than this one. */
    public ProposalNumber next(int replica) {
        return new ProposalNumber(sequence + 1, replica);
    }

    /** Appends this number to {@code out}. */
    public void write(WireWriter out) {
        out.number(sequence).number(replicaId);
    }

    /** Reads what {@link #write} wrote. */
    public static ProposalNumber read(WireReader in) {
        return new ProposalNumber(in.number(), in.smallNumber());
    }

    @Override
    public String toString() {
        return sequence + "." + replicaId;
    }
}
