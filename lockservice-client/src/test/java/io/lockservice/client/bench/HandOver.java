package io.lockservice.client.bench;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long nobody leads: from a leader's clean end to the election of the one that waits, and from the death of a
 * leader's process to that. Needs a cell.
 */
public final class HandOver {
    private static final String USAGE = "HandOver CLEAN-ROUNDS KILL-ROUNDS LEASE-MS URL...";
    private static final String ELECTION = "/ls/local/bench/hand-over";
    private static final long PATIENCE_SECONDS = 120;

    private final String[] urls;
    private final ElectionOptions options;
    private final PrintStream out;

    private HandOver(String[] urls, long leaseMs, PrintStream out) {
        this.urls = urls;
        this.options = ElectionOptions.named("hand-over")
                .withSession(SessionOptions.named("hand-over").withLeaseMs(leaseMs));
        this.out = out;
    }

    /** Measures; or, called by itself with {@code --lead}, leads until it is killed. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 4) {
            System.err.println(USAGE);
            System.exit(2);
        }
        String[] urls = Arrays.copyOfRange(arguments, 3, arguments.length);
        HandOver measured = new HandOver(urls, Long.parseLong(arguments[2]), System.out);
        if (arguments[0].equals("--lead")) {
            measured.lead();
        } else {
            measured.clean(Integer.parseInt(arguments[0]));
            measured.killed(Integer.parseInt(arguments[1]));
        }
    }

    /** Two candidates in turn: the one that leads ends its candidacy, and is a new candidate once the other leads. */
    private void clean(int rounds) throws InterruptedException {
        Latencies gaps = new Latencies();
        try (LockServiceClient one = LockServiceClient.connect(urls);
                LockServiceClient two = LockServiceClient.connect(urls)) {
            Term leading = new Term(one);
            leading.awaitElected();
            LockServiceClient next = two;
            for (int i = 0; i < rounds; i++) {
                Term waiting = new Term(next);
                awaitWaiter(next);
                long startNanos = System.nanoTime();
                leading.election.shutdown();
                gaps.add(waiting.awaitElected() - startNanos);
                leading.election.close();
                leading = waiting;
                next = next == one ? two : one;
            }
            leading.election.close();
        }
        print("clean end", gaps);
    }

    /** A leader in a process of its own is killed by SIGKILL; this process waits in line. */
    private void killed(int rounds) throws IOException, InterruptedException {
        Latencies gaps = new Latencies();
        for (int i = 0; i < rounds; i++) {
            Process leader = leader();
            leader.inputReader().readLine();
            try (LockServiceClient client = LockServiceClient.connect(urls)) {
                Term waiting = new Term(client);
                awaitWaiter(client);
                long startNanos = System.nanoTime();
                leader.destroyForcibly();
                gaps.add(waiting.awaitElected() - startNanos);
                waiting.election.close();
            } finally {
                leader.destroyForcibly();
            }
        }
        print("kill -9, lease " + options.session().leaseMs() + " ms", gaps);
    }

    private Process leader() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HandOver.class.getName(),
                "--lead",
                "0",
                Long.toString(options.session().leaseMs())));
        command.addAll(Arrays.asList(urls));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void lead() throws InterruptedException {
        Term term = new Term(LockServiceClient.connect(urls));
        term.awaitElected();
        out.println("leads");
        new LinkedBlockingQueue<String>().take();
    }

    /** Until the cell has it in the queue of the lock. */
    private static void awaitWaiter(LockServiceClient client) throws InterruptedException {
        String path = "/v1/locks" + ELECTION;
        BlockingQueue<Integer> waiters = new LinkedBlockingQueue<>();
        int last = 0;
        while (last == 0) {
            client.execute(Operation.get(path))
                    .map(response -> response.json().path("waiters").size())
                    .otherwise(0)
                    .onSuccess(waiters::add);
            last = polled(waiters);
        }
    }

    private void print(String what, Latencies gaps) {
        out.printf(
                "%-24s rounds %5d   p50 %8.2f ms   p99 %8.2f ms   max %8.2f ms%n",
                what, gaps.count(), gaps.micros(0.5) / 1_000.0, gaps.micros(0.99) / 1_000.0, gaps.micros(1) / 1_000.0);
    }

    private static <T> T polled(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new IllegalStateException("nothing came of it within " + PATIENCE_SECONDS + " s");
        }
        return next;
    }

    private final class Term implements Candidate {
        private final BlockingQueue<Long> electedNanos = new LinkedBlockingQueue<>();
        private final LeaderElection election;

        Term(LockServiceClient client) {
            election = LeaderElection.candidate(client, ELECTION, this, options);
        }

        @Override
        public void elected(Leadership leadership) {
            electedNanos.add(System.nanoTime());
        }

        @Override
        public void revoked() {}

        long awaitElected() throws InterruptedException {
            return polled(electedNanos);
        }
    }
}
