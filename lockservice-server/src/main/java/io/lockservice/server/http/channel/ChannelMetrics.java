package io.lockservice.server.http.channel;

import io.vertx.core.http.HttpMethod;

/** Counts what channels do. Called on event loops: it must cost next to nothing. */
public interface ChannelMetrics {
    /** The status of a request whose client went away before the reply. */
    int NO_REPLY = 0;

    /**
     * A request has ended, whatever carried it.
     *
     * @param status of the reply, or {@link #NO_REPLY}
     * @param nanos from its first part to the end of the reply, a wait that was asked for included, in nanoseconds
     */
    void ended(HttpMethod method, int status, long nanos);

    /** A channel was opened. */
    void channelOpened();

    /** A channel is closed. */
    void channelClosed();

    /** A message was refused, and its channel with it. */
    void messageRefused();
}
