package io.lockservice.client.example;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.election.Candidate;
import io.lockservice.client.election.LeaderElection;
import io.lockservice.client.election.Leadership;
import java.util.concurrent.CountDownLatch;

/** Run it in two terminals, then stop the leader: the other one takes over, with a larger token. */
final class ElectionExample implements Candidate {
    private long largestToken;

    public static void main(String[] addresses) throws InterruptedException {
        var client = LockServiceClient.connect(addresses);
        LeaderElection.candidate(client, "/ls/local/example/leader", new ElectionExample());
        Runtime.getRuntime().addShutdownHook(new Thread(client::close));
        new CountDownLatch(1).await();
    }

    @Override
    public void elected(Leadership leadership) {
        System.out.println("I lead with token " + leadership.token());
        write(leadership.token(), "hello");
    }

    @Override
    public void revoked() {
        System.out.println("stopped");
    }

    /** What the leader writes to, usually another server, refuses whoever led before: the one {@code if} it needs. */
    private void write(long token, String text) {
        if (token < largestToken) {
            throw new IllegalStateException("a leader since replaced: token " + token + " after " + largestToken);
        }
        largestToken = token;
        System.out.println("written by the leader: " + text);
    }
}
