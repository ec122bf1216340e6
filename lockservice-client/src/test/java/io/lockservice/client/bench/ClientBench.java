package io.lockservice.client.bench;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the Java client against an embedded cell in the same process, over its channel and by HTTP in turn: one client,
 * one session, so many locks of its own under way at once. An operation is acquiring and releasing a lock. Arguments: seconds
 * for each row and how often in turn; default 5 and 3.
 */
public final class ClientBench {
    private static final int[] UNDER_WAY = {1, 64};
    private static final double WARM_SECONDS = 2;
    private static final long LEASE_MS = 60_000;

    private final double seconds;
    private final double warmSeconds;
    private final PrintStream out;

    private ClientBench(double seconds, double warmSeconds, PrintStream out) {
        this.seconds = seconds;
        this.warmSeconds = warmSeconds;
        this.out = out;
    }

    /** Prints a table and a line of JSON for each row. */
    public static void main(String[] arguments) {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 5;
        int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 3;
        run(seconds, WARM_SECONDS, rounds, System.out);
    }

    static List<Measurement.Row> run(double seconds, double warmSeconds, int rounds, PrintStream out) {
        List<Measurement.Row> rows = new ArrayList<>();
        try (TestCell cell = new TestCell()) {
            ClientBench bench = new ClientBench(seconds, warmSeconds, out);
            out.print(Measurement.Row.TITLES);
            for (int round = 0; round < rounds; round++) {
                for (int underWay : UNDER_WAY) {
                    rows.add(bench.measure(cell, true, underWay));
                    rows.add(bench.measure(cell, false, underWay));
                }
            }
        }
        return rows;
    }

    private Measurement.Row measure(TestCell cell, boolean channel, int underWay) {
        Measurement measurement = new Measurement(underWay, warmSeconds, seconds);
        try (LockServiceClient client =
                LockServiceClient.connect(ClientOptions.of(cell.urls()).channel(channel))) {
            Session session = TestCell.await(
                    client.openSession(SessionOptions.named("bench").withLeaseMs(LEASE_MS)));
            DistributedLock locks = DistributedLock.of(session);
            client.loop().execute(() -> {
                for (int i = 0; i < underWay; i++) {
                    pair(locks, "/ls/local/bench/lock-" + i, measurement);
                }
            });
            TestCell.await(measurement.allStopped());
            Measurement.Row row = measurement.row(channel ? "channel" : "http", underWay);
            out.print(row.line());
            return row;
        }
    }

    /** One after the other until the time is over. On the client's loop. */
    private static void pair(DistributedLock locks, String name, Measurement measurement) {
        long startNanos = System.nanoTime();
        if (measurement.isOver(startNanos)) {
            measurement.stopped();
            return;
        }
        locks.acquire(name, LockOptions.exclusive()).compose(HeldLock::release).onComplete((released, failure) -> {
            if (failure == null) {
                measurement.done(startNanos, System.nanoTime());
            } else {
                measurement.error(startNanos, failure.getClass().getSimpleName());
            }
            pair(locks, name, measurement);
        });
    }
}
