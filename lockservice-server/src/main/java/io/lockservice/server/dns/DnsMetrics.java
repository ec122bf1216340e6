package io.lockservice.server.dns;

/** Counts what the DNS door does. Called on an event loop, for every query: it must cost next to nothing. */
public interface DnsMetrics {
    /** How a query came. */
    enum Transport {
        /** In a datagram. */
        UDP,
        /** On a connection. */
        TCP
    }

    /** Why there was no reply. */
    enum Dropped {
        /** What came is no query that can be read. */
        MALFORMED,
        /** Its network asks for more than it is given. */
        LIMITED,
        /** More is under way than there is room for. */
        OVERLOADED,
        /** Our own mistake. */
        FAILED
    }

    /**
     * A reply was sent.
     *
     * @param code its whole code: of the header, with what EDNS adds to it
     * @param truncated whether it says that there is more by TCP
     */
    void replied(Transport transport, int code, boolean truncated);

    /** Nothing was sent. */
    void dropped(Dropped reason);

    /** So many connections are open now. */
    void connections(int open);
}
