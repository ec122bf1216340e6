package io.lockservice.server.http;

import java.util.Optional;
import java.util.function.IntFunction;

/**
 * What the HTTP door is told at its start.
 *
 * @param cell the cell's name
 * @param replica this replica's id
 * @param version of the program, for {@code GET /v1/cell}
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any that is free
 * @param members the cell's replicas
 * @param limits what a client may use up
 */
public record HttpSettings(
        String cell,
        int replica,
        String version,
        String host,
        int port,
        IntFunction<Optional<Member>> members,
        Limits limits) {
    /** The member with {@code id}, if it is in the cell now. */
    public Optional<Member> member(int id) {
        return members.apply(id);
    }

    /**
     * A replica as clients reach it.
     *
     * @param id the replica
     * @param host its host name or address
     * @param http its HTTP port
     */
    public record Member(int id, String host, int http) {
        /** Where clients reach it: {@code http://host:port}. */
        public String url() {
            return "http://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + http;
        }
    }

    /**
     * What a client may use up.
     *
     * @param maxBodyBytes the largest JSON body
     * @param maxContentBytes the largest content of a file
     * @param maxConnections connections at once; more are closed as they come
     * @param bodyTimeoutMs how long a body, or the first request of a connection, may take to arrive, in milliseconds
     * @param idleTimeoutMs how long a connection may be without a request under way, in milliseconds
     */
    public record Limits(
            int maxBodyBytes, int maxContentBytes, int maxConnections, long bodyTimeoutMs, long idleTimeoutMs) {
        /** The limits where none are configured. */
        public static final Limits DEFAULT = new Limits(1 << 20, 256 << 10, 10_000, 30_000, 150_000);
    }
}
