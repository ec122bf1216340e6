package io.lockservice.server.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Channels of the HTTP door. Any thread. */
final class ChannelMeters {
    private final LongAdder open = new LongAdder();
    private final LongAdder refused = new LongAdder();

    ChannelMeters(Register register) {
        register.gauge("lockservice.http.channels", "channels", "Open channels", open::sum);
        register.counter(
                "lockservice.http.channel.refused",
                "messages",
                "Messages of clients that ended their channel, for they were none, or more than the window lets",
                refused::sum);
    }

    void opened() {
        open.increment();
    }

    void closed() {
        open.decrement();
    }

    void refused() {
        refused.increment();
    }
}
