package io.lockservice.client.election;

/**
 * A program that leads, or waits to.
 *
 * @param session its session's id
 * @param client the name of its session
 * @param note what it advertises; empty for one that waits, whose note the cell does not tell
 * @param isLeader whether it leads
 * @param token of its grant, 0 for one that waits
 */
public record Participant(String session, String client, String note, boolean isLeader, long token) {}
