package io.lockservice.server.http;

import io.lockservice.server.http.channel.ChannelMetrics;
import io.vertx.core.http.HttpMethod;

/** Counts what the door does, and knows what {@code /metrics} shows. */
public interface HttpMetrics extends ChannelMetrics {
    @Override
    void ended(HttpMethod method, int status, long nanos);

    /** All metrics as they are now, in Prometheus' text format 0.0.4. Any thread but an event loop: it takes milliseconds. */
    String text();
}
