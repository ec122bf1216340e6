package io.lockservice.client;

import io.lockservice.client.fake.FakeCell;
import io.lockservice.client.fake.VirtualTime;
import io.vertx.core.Future;
import java.util.List;
import java.util.Random;

/** A fake cell on virtual time, and clients of it, each a process that can be paused. */
public final class ClientFixture {
    /** The replicas' addresses. */
    public static final String A = "http://a:1";

    public static final String B = "http://b:2";
    public static final String C = "http://c:3";

    /** All three. */
    public static final List<String> URLS = List.of(A, B, C);

    private static final long SEED = 20_061_106;

    public final VirtualTime time = new VirtualTime();
    public final FakeCell cell = new FakeCell(time);
    private int clients;

    /** A client with default options in a process of its own. */
    public LockServiceClient client() {
        return client(time.machine(), ClientOptions.of(A, B, C));
    }

    /** A client in this process. */
    public LockServiceClient client(VirtualTime.Machine machine, ClientOptions options) {
        clients++;
        Failover.Chance chance = new Failover.Chance(new Random(SEED + clients), "client" + clients + ".");
        return new LockServiceClient(machine, cell, options, chance, null);
    }

    /** A session with a lease of 12 s and a grace period of 45 s. */
    public Session session(LockServiceClient client) {
        return now(client.openSession(SessionOptions.named("test")));
    }

    /** The result of something that takes less than 100 ms of virtual time. */
    public <T> T now(Future<T> future) {
        time.advanceMs(100);
        return result(future);
    }

    /** The result of something that is done. */
    public static <T> T result(Future<T> future) {
        if (!future.isComplete()) {
            throw new AssertionError("not done yet");
        }
        if (future.failed()) {
            throw new AssertionError("failed", future.cause());
        }
        return future.result();
    }

    /** Why something failed. */
    public static <T extends Throwable> T failure(Class<T> type, Future<?> future) {
        if (!future.failed()) {
            throw new AssertionError("did not fail: " + future);
        }
        return type.cast(future.cause());
    }
}
