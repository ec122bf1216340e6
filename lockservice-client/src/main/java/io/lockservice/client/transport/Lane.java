package io.lockservice.client.transport;

/**
 * Calls of different lanes do not share connections. Chubby lost sessions when keep-alives queued behind bulk data on
 * one connection (Burrows, section 4.1): here nothing is ever in front of a keep-alive.
 */
public enum Lane {
    /** Keep-alives only. */
    KEEP_ALIVE,
    /** Calls that are answered at once. */
    CALL,
    /** Calls that may wait at the cell for long, each with a connection of its own meanwhile. */
    WAIT
}
