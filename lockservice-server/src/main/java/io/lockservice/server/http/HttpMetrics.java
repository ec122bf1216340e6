package io.lockservice.server.http;

import io.vertx.core.http.HttpMethod;

/** Counts what the door does, and knows what {@code /metrics} shows. */
public interface HttpMetrics {
    /** The status of a request whose client went away before the reply. */
    int NO_REPLY = 0;

    /**
     * A request has ended. Called on an event loop, for every request: it must cost next to nothing.
     *
     * @param status of the reply, or {@link #NO_REPLY}
     * @param nanos from its first part to the end of the reply, a wait that was asked for included, in nanoseconds
     */
    void ended(HttpMethod method, int status, long nanos);

    /** All metrics as they are now, in Prometheus' text format 0.0.4. Any thread but an event loop: it takes milliseconds. */
    String text();
}
