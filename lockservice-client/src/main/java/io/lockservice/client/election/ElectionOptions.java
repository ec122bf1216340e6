package io.lockservice.client.election;

import io.lockservice.client.SessionOptions;

/**
 * How a program takes part in an election.
 *
 * @param session how its sessions are opened
 * @param note what it advertises while it leads, an address for instance
 * @param stopMarginMs how long before the end of the lease it is told to stop; 0 for a sixth of the lease, at most 1 s
 */
public record ElectionOptions(SessionOptions session, String note, long stopMarginMs) {
    private static final long MAX_DEFAULT_MARGIN_MS = 1_000;
    private static final int MARGINS_PER_LEASE = 6;

    /** Checks the values. */
    public ElectionOptions {
        if (stopMarginMs < 0 || stopMarginMs > session.leaseMs() / 2) {
            throw new IllegalArgumentException("stopMarginMs is 0 to half of leaseMs, not " + stopMarginMs);
        }
    }

    /** The defaults, with a name for people. */
    public static ElectionOptions named(String clientName) {
        return new ElectionOptions(SessionOptions.named(clientName), "", 0);
    }

    /** With other session options. */
    public ElectionOptions withSession(SessionOptions value) {
        return new ElectionOptions(value, note, stopMarginMs);
    }

    /** With a note. */
    public ElectionOptions withNote(String value) {
        return new ElectionOptions(session, value, stopMarginMs);
    }

    /** With another margin. */
    public ElectionOptions withStopMarginMs(long value) {
        return new ElectionOptions(session, note, value);
    }

    long marginMs(long leaseMs) {
        return stopMarginMs > 0
                ? Math.min(stopMarginMs, leaseMs / 2)
                : Math.min(MAX_DEFAULT_MARGIN_MS, leaseMs / MARGINS_PER_LEASE);
    }
}
