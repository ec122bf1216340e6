package io.lockservice.client.transport.channel;

import org.jspecify.annotations.Nullable;

/** One WebSocket that is open. After it has closed, what is written is dropped. */
interface Wire {
    /** A close in order (RFC 6455, section 7.4.1). */
    int NORMAL = 1000;

    /** The other side broke the protocol. */
    int PROTOCOL_ERROR = 1002;

    /** Sends one message. */
    void text(String message);

    /** Asks for a sign of life. */
    void ping();

    /** Says why and closes, at the latest a second later. */
    void close(int status, String reason);

    /** Told on the loop what happens, from the dial on: {@code opened} or one of the two failures first. */
    interface Listener {
        /** The replica took the connection. */
        void opened(Wire wire);

        /** There is no connection to the replica. */
        void unreachable(Throwable cause);

        /** There was a connection, and it did not become a channel. */
        void notOffered(String why);

        /** Something came, whatever it is. */
        void heard();

        /** A text message came. */
        void message(byte[] utf8);

        /** Something came that is not for a channel. */
        void garbled(String what);

        /** The connection is gone. */
        void closed(int status, @Nullable String reason);
    }
}
