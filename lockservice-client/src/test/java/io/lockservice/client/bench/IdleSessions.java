package io.lockservice.client.bench;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What sessions cost that do nothing but live: the CPU of one program with an embedded cell and a client with so many
 * sessions of 12 s. Arguments: sessions (500), seconds (30).
 */
public final class IdleSessions {
    private IdleSessions() {}

    /** Prints CPU with and without them. */
    public static void main(String[] arguments) throws InterruptedException {
        int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500;
        long seconds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 30;
        try (TestCell cell = new TestCell();
                LockServiceClient client = LockServiceClient.connect(cell.urls())) {
            TimeUnit.SECONDS.sleep(5);
            double withoutThem = cpuShare(seconds);
            List<Session> sessions = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                sessions.add(TestCell.await(client.openSession(SessionOptions.named("idle"))));
            }
            TimeUnit.SECONDS.sleep(15);
            double withThem = cpuShare(seconds);
            long safe = sessions.stream().filter(Session::isSafe).count();
            System.out.printf(
                    "%d sessions, %d safe: CPU %.3f without, %.3f with; %.2f ms a session and minute%n",
                    count, safe, withoutThem, withThem, (withThem - withoutThem) * 60_000 / count);
        }
    }

    private static double cpuShare(long seconds) throws InterruptedException {
        double before = cpuSeconds();
        TimeUnit.SECONDS.sleep(seconds);
        return (cpuSeconds() - before) / seconds;
    }

    private static double cpuSeconds() {
        var system = ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
        return system.getProcessCpuTime() / 1e9;
    }
}
