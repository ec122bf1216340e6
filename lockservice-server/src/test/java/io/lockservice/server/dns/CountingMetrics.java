package io.lockservice.server.dns;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What a door counted, by its name: {@code udp 3}, {@code malformed}. */
final class CountingMetrics implements DnsMetrics {
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();

    @Override
    public void replied(Transport transport, int code, boolean truncated) {
        counts.merge(transport + " " + code, 1, Integer::sum);
        if (truncated) {
            counts.merge("truncated", 1, Integer::sum);
        }
    }

    @Override
    public void dropped(Dropped reason) {
        counts.merge(reason.name(), 1, Integer::sum);
    }

    @Override
    public void connections(int open) {
        connections.set(open);
    }

    int count(String what) {
        return counts.getOrDefault(what, 0);
    }

    int connections() {
        return connections.get();
    }

    /** Every datagram and query, whatever became of it. */
    int all() {
        return counts.entrySet().stream()
                .filter(each -> !each.getKey().equals("truncated"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
