package io.lockservice.cell.table;

import io.lockservice.wire.Hash64;

/**
 * What the cell has one of.
 *
 * @param revision how many visible changes there were
 * @param epoch how many leaders there were
 * @param lastToken of the last grant of a lock
 * @param lastTicket of the last place taken in a queue
 * @param leasesStretched whether a leader may have granted leases that are longer than their sessions say
 */
public record Counters(long revision, long epoch, long lastToken, long lastTicket, boolean leasesStretched) {
    /** Of all of them. */
    public long hash() {
        return new Hash64()
                .add(revision)
                .add(epoch)
                .add(lastToken)
                .add(lastTicket)
                .add(leasesStretched ? 1 : 0)
                .value();
    }
}
