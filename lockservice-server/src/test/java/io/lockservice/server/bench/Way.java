package io.lockservice.server.bench;

import java.util.function.IntConsumer;

/** How a client's request gets to the replica: each client has one under way. Confined to an event loop. */
interface Way {
    /** Sends a request without a body; {@code answered} gets the status. */
    void send(int client, String method, String path, String session, IntConsumer answered);

    /** Closes what it opened. */
    void close();
}
