package io.lockservice.server.bus;

import java.util.List;

/**
 * The bus as it is now.
 *
 * @param peers the other replicas, ascending
 * @param damaged envelopes or messages dropped because they could not be read
 * @param strangers envelopes dropped because they came from another cell or from nobody in this one
 */
public record BusStatus(List<PeerStatus> peers, long damaged, long strangers) {}
