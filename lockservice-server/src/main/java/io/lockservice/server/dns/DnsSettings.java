package io.lockservice.server.dns;

/**
 * What the DNS door is told at its start.
 *
 * @param cell the cell's name, which has to be a DNS label
 * @param host the address to listen on
 * @param port the port to listen on, by UDP and by TCP; 0 for any that is free
 * @param ttlMs how long an answer may be kept, in milliseconds; told in whole seconds
 * @param maxStaleMs without a leader for longer than this nothing is known, in milliseconds
 * @param limits what a client may use up
 */
public record DnsSettings(String cell, String host, int port, long ttlMs, long maxStaleMs, Limits limits) {
    /**
     * What a client may use up.
     *
     * @param repliesPerSecond whole replies by UDP to one network, a second; beyond it they are cut short
     * @param shortRepliesPerSecond replies that are cut short, to one network, a second; beyond it there are none
     * @param maxConnections connections at once; more are closed as they come
     * @param idleTimeoutMs how long a connection may be without a whole query, in milliseconds
     */
    public record Limits(int repliesPerSecond, int shortRepliesPerSecond, int maxConnections, long idleTimeoutMs) {
        /** The limits of a replica. */
        public static final Limits DEFAULT = new Limits(1_000, 10_000, 1_000, 10_000);
    }
}
