package io.lockservice.server.metrics;

import io.lockservice.server.dns.DnsMetrics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Queries of the DNS door. The counters are made beforehand: to count one costs no look-up. */
final class DnsMeters implements DnsMetrics {
    private static final String QUERIES = "queries";
    private static final int BAD_VERSION = 16;

    /** By the code, where it has a name that the door uses; whatever else there may be is the last. */
    private static final List<String> CODES =
            List.of("noerror", "formerr", "servfail", "nxdomain", "notimp", "refused", "badvers", "other");

    private static final int BADVERS = 6;
    private static final int OTHER = 7;

    private final Map<Transport, Counter[]> replies = new EnumMap<>(Transport.class);
    private final Counter truncated;
    private final Map<Dropped, Counter> dropped = new EnumMap<>(Dropped.class);
    private final AtomicInteger connections = new AtomicInteger();

    DnsMeters(MeterRegistry meters) {
        for (Transport transport : Transport.values()) {
            Counter[] byCode = new Counter[CODES.size()];
            for (int code = 0; code < byCode.length; code++) {
                byCode[code] = Counter.builder("lockservice.dns.replies")
                        .baseUnit(QUERIES)
                        .description("Replies of the DNS door")
                        .tags("transport", label(transport), "code", CODES.get(code))
                        .register(meters);
            }
            replies.put(transport, byCode);
        }
        truncated = Counter.builder("lockservice.dns.truncated")
                .baseUnit(QUERIES)
                .description("Of the replies by UDP, those that said that there is more by TCP")
                .register(meters);
        for (Dropped reason : Dropped.values()) {
            dropped.put(
                    reason,
                    Counter.builder("lockservice.dns.dropped")
                            .baseUnit(QUERIES)
                            .description("Datagrams and connections of the DNS door that got no reply")
                            .tags("reason", label(reason))
                            .register(meters));
        }
        new Register(meters)
                .gauge(
                        "lockservice.dns.connections",
                        "connections",
                        "Open connections of the DNS door",
                        connections::get);
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void replied(Transport transport, int code, boolean isTruncated) {
        Objects.requireNonNull(replies.get(transport))[place(code)].increment();
        if (isTruncated) {
            truncated.increment();
        }
    }

    private static int place(int code) {
        if (code == BAD_VERSION) {
            return BADVERS;
        }
        return code < BADVERS ? code : OTHER;
    }

    @Override
    public void dropped(Dropped reason) {
        Objects.requireNonNull(dropped.get(reason)).increment();
    }

    @Override
    public void connections(int open) {
        connections.set(open);
    }
}
