package io.lockservice.founding;

import io.lockservice.log.Configuration;

/** What founding asks of the replica around it. Called within a step only. */
public interface FoundingHost {
    /** Send now; may be lost. */
    void send(int to, FoundingMessage message);

    /** Write down who founded the cell; {@code durable} runs once that is on disk. */
    void persist(Configuration founders, Runnable durable);

    /** Whether this replica has never promised, accepted or learned anything. */
    boolean isBlank();

    /** Who is in the cell, as far as this replica knows; nobody votes in it where it knows no cell. */
    Configuration configuration();

    /** Whether this replica, with the data it has, is in {@link #configuration}. */
    boolean isMember();

    /** These founded the cell: they are its members until the log says something else. */
    void founded(Configuration founders);

    /** A replica that is in no cell, as far as it knows, is there with data of that incarnation. */
    void met(int replica, long incarnation);
}
