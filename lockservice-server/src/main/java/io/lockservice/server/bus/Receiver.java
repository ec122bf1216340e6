package io.lockservice.server.bus;

import io.lockservice.replica.Message;
import java.util.List;

/** Takes what the bus delivers. */
@FunctionalInterface
public interface Receiver {
    /**
     * Messages of one envelope, in the order of sending. Envelopes may be lost, late, repeated and out of order, but never
     * come from a process of the peer that is older than one heard before. Called on the replica's event loop.
     *
     * @param from the peer's replica id, which the cell knows and which is not this replica's own
     * @param dataIncarnation of the data of the peer
     * @param messages not empty
     */
    void received(int from, long dataIncarnation, List<Message> messages);
}
