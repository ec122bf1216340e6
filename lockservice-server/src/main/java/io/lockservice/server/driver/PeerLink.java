package io.lockservice.server.driver;

import io.lockservice.log.Configuration;
import io.lockservice.replica.Message;

/** What the driver asks of the bus. */
public interface PeerLink {
    /** Takes a message for a peer; may lose it, never blocks. */
    void send(int to, Message message);

    /** These are the peers from now on, and where they are. */
    void members(Configuration configuration);

    /** Sends off what was taken since the last flush: the end of one turn. */
    void flush();
}
