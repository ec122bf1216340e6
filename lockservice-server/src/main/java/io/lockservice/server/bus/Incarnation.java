package io.lockservice.server.bus;

/**
 * Which process of a replica, on which data.
 *
 * @param process larger than that of any earlier process of this replica, also one whose data is lost
 * @param data the random number made with the data directory
 */
public record Incarnation(long process, long data) {}
