package io.lockservice.server.http.exchange;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/** A reply that goes on. Where the client has gone, nothing happens. Not thread-safe. */
public final class Outflow {
    private final HttpServerResponse response;

    Outflow(HttpServerResponse response) {
        this.response = response;
    }

    /** Sends more. */
    public void write(Buffer bytes) {
        if (!response.ended() && !response.closed()) {
            response.write(bytes);
        }
    }

    /** Sends the last and ends the reply. */
    public void end(Buffer bytes) {
        if (!response.ended() && !response.closed()) {
            response.end(bytes);
        }
    }

    /** Whether the client takes less than it is sent: nothing more should be written now. */
    public boolean isFull() {
        return response.writeQueueFull();
    }

    /** Calls {@code next} whenever the client has taken enough again. */
    public void onDrain(Runnable next) {
        response.drainHandler(drained -> next.run());
    }
}
