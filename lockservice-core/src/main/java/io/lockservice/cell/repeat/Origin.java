package io.lockservice.cell.repeat;

/**
 * Names one call for ever: the replica that a client asked, that replica's incarnation, and the call's number there. The
 * outcome of a command is remembered under it until {@code answeredBelow} passes it, so that the origin can send the
 * same call again, through any change of leader, and have it executed once.
 *
 * @param replicaId the replica the client asked
 * @param incarnation of that replica's process: grows with every start
 * @param callId the call, growing within the incarnation
 * @param answeredBelow the origin has no call below this open any more
 */
public record Origin(int replicaId, long incarnation, long callId, long answeredBelow) {}
