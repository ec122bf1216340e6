package io.lockservice.server.evidence.sessions;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@link ManySessions} is told.
 *
 * @param sessions how many are opened
 * @param steady for how long they are kept alive before half of them go silent
 * @param leaseMs the lease of each
 * @param connections over which they go; as many as sessions: each has its own
 * @param closes whether the silent ones close their connections
 */
record SessionsOptions(int sessions, Duration steady, long leaseMs, int connections, boolean closes) {
    static final String USAGE =
            "arguments: [sessions [minutes]] [--lease-ms=12000] [--connections=<sessions>] [--close]";

    private static final String LEASE = "--lease-ms=";
    private static final String CONNECTIONS = "--connections=";
    private static final double SECONDS_PER_MINUTE = 60;

    SessionsOptions {
        if (connections < 2 || connections > sessions || sessions % connections != 0) {
            throw new IllegalArgumentException("2 connections at least, and the same number of sessions on each");
        }
    }

    /** Reads the arguments; throws where there is one that is not known. */
    static SessionsOptions parse(String... arguments) {
        List<String> numbers = new ArrayList<>();
        long leaseMs = 12_000;
        int connections = 0;
        boolean closes = false;
        for (String each : arguments) {
            if (each.startsWith(LEASE)) {
                leaseMs = Long.parseLong(each.substring(LEASE.length()));
            } else if (each.startsWith(CONNECTIONS)) {
                connections = Integer.parseInt(each.substring(CONNECTIONS.length()));
            } else if (each.equals("--close")) {
                closes = true;
            } else if (!each.startsWith("-") && numbers.size() < 2) {
                numbers.add(each);
            } else {
                throw new IllegalArgumentException(USAGE);
            }
        }
        int sessions = numbers.isEmpty() ? 10_000 : Integer.parseInt(numbers.get(0));
        double minutes = numbers.size() < 2 ? 5 : Double.parseDouble(numbers.get(1));
        return new SessionsOptions(
                sessions,
                Duration.ofMillis((long) (minutes * SECONDS_PER_MINUTE * 1_000)),
                leaseMs,
                connections == 0 ? sessions : connections,
                closes);
    }

    /** Whether a keep-alive may wait at the cell: on a shared connection those behind it would wait with it. */
    boolean parks() {
        return connections == sessions;
    }
}
