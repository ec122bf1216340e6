package io.lockservice.client.survival;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that leads, and is stopped by the operating system in the middle of it. Its leader's work checks before each step
 * that it leads still, and says so; after the last step it writes once more to a server that is guarded, as a program would that
 * was stopped between its check and its write.
 */
final class StoppedCandidate implements Candidate {
    private static final long STEP_NANOS = 1_000_000;

    private final URI guarded;

    private StoppedCandidate(URI guarded) {
        this.guarded = guarded;
    }

    /**
     * Campaigns until it has led once.
     *
     * @param arguments the guarded server's URL, then the replicas'
     */
    public static void main(String[] arguments) throws InterruptedException {
        String[] urls = Arrays.copyOfRange(arguments, 1, arguments.length);
        LockServiceClient client = LockServiceClient.connect(urls);
        ElectionOptions options = ElectionOptions.named("stopped")
                .withSession(SessionOptions.named("stopped").withLeaseMs(StoppedProcessTest.LEASE_MS));
        LeaderElection.candidate(
                client, StoppedProcessTest.ELECTION, new StoppedCandidate(URI.create(arguments[0])), options);
        new CountDownLatch(1).await();
    }

    @Override
    public void elected(Leadership leadership) throws Exception {
        System.out.println("elected " + leadership.token());
        while (leadership.isLeader()) {
            System.out.println("step");
            LockSupport.parkNanos(STEP_NANOS);
        }
        System.out.println("over");
        // The thread is interrupted by then, or will be: that must not keep the late write from being sent.
        Thread.interrupted();
        System.out.println("late write: " + write(leadership.sequencer()));
    }

    @Override
    public void revoked() {}

    private int write(String sequencer) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(guarded)
                .header("Lockservice-Sequencer", sequencer)
                .PUT(HttpRequest.BodyPublishers.ofString("late"))
                .build();
        while (true) {
            try {
                return HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.discarding())
                        .statusCode();
            } catch (InterruptedException e) {
                Thread.interrupted();
            }
        }
    }
}
