package io.lockservice.server.http.exchange;

import io.vertx.core.buffer.Buffer;

/** A reply that goes on. Where the client has gone, nothing happens. Not thread-safe. */
public interface Outflow {
    /** Sends more. */
    void write(Buffer bytes);

    /** Sends the last and ends the reply. */
    void end(Buffer bytes);

    /** Whether the client takes less than it is sent: nothing more should be written now. */
    boolean isFull();

    /** Calls {@code next} whenever the client has taken enough again. */
    void onDrain(Runnable next);
}
