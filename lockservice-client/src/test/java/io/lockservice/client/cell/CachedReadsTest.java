package io.lockservice.client.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.node.CacheStats;
import io.lockservice.client.node.Contents;
import io.lockservice.client.node.Handle;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.node.OpenOptions;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whoever was told that a write is done never sees what was before it, not even in a copy. */
class CachedReadsTest extends CellTest {
    private static final String NAME = "/ls/test/config";
    private static final long LEASE_MS = 2_000;

    private Nodes caching(LockServiceClient client) {
        return Nodes.of(TestCell.await(client.openSession(
                SessionOptions.named("reader").withLeaseMs(LEASE_MS).withCache())));
    }

    private Nodes plain() {
        return Nodes.of(TestCell.await(client().openSession(SessionOptions.named("writer"))));
    }

    private static void write(Nodes nodes, String name, int value) {
        TestCell.await(nodes.setContents(name, bytes(Integer.toString(value))).future());
    }

    private static int read(Nodes nodes, String name) {
        return Integer.parseInt(
                TestCell.await(nodes.getContentsAndStat(name).future()).text());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void noReaderSeesWhatWasBeforeAWriteThatIsDone() throws InterruptedException {
        Nodes writer = plain();
        write(writer, NAME, 0);
        Nodes reader = caching(client());
        Watch watch = new Watch(reader);
        watch.start();
        for (int round = 1; round <= 300; round++) {
            write(writer, NAME, round);
            watch.done.set(round);
            assertEquals(round, read(reader, NAME));
        }
        watch.end();
        CacheStats stats = reader.cacheStats();
        assertTrue(stats.hits() > 300, "copies were used: " + stats);
        assertTrue(stats.invalidations() > 100, "and dropped: " + stats);
    }

    @Test
    void theSameWhereTheWriterIsTheReader() throws InterruptedException {
        Nodes both = caching(client());
        write(both, NAME, 0);
        Watch watch = new Watch(both);
        watch.start();
        for (int round = 1; round <= 300; round++) {
            write(both, NAME, round);
            watch.done.set(round);
            assertEquals(round, read(both, NAME));
        }
        watch.end();
        assertEquals(0, both.cacheStats().invalidations(), "nobody tells a session of its own changes");
    }

    @Test
    void theSameWhileTheLeaderStops() throws InterruptedException {
        Nodes writer = plain();
        write(writer, NAME, 0);
        Nodes reader = caching(client());
        Watch watch = new Watch(reader);
        watch.start();
        for (int round = 1; round <= 60; round++) {
            if (round == 30) {
                cell.stop(leader());
            }
            write(writer, NAME, round);
            watch.done.set(round);
            assertEquals(round, read(reader, NAME));
        }
        watch.end();
        assertTrue(reader.cacheStats().hits() > 0);
    }

    @Test
    void whatWasAbsentIsSeenWhenItWasMadeAndListsShowIt() {
        Nodes writer = plain();
        Nodes reader = caching(client());
        for (int round = 0; round < 50; round++) {
            String name = "/ls/test/n" + round;
            assertThrows(
                    AssertionError.class,
                    () -> TestCell.await(reader.getStat(name).future()));
            assertEquals(
                    round,
                    TestCell.await(reader.readDir("/ls/test").future()).names().size());
            write(writer, name, round);
            assertEquals(round, read(reader, name));
            assertEquals(
                    round + 1,
                    TestCell.await(reader.readDir("/ls/test").future()).names().size());
        }
        for (int round = 0; round < 50; round++) {
            String name = "/ls/test/n" + round;
            TestCell.await(writer.delete(name).future());
            assertThrows(
                    AssertionError.class,
                    () -> TestCell.await(reader.getStat(name).future()));
        }
        assertEquals(
                List.of(), TestCell.await(reader.readDir("/ls/test").future()).names());
    }

    @Test
    void aReaderThatIsHeldUpDelaysAWriteByItsLeaseAndThenReadsNothingOld() throws Exception {
        Nodes writer = Nodes.of(TestCell.await(
                closing(LockServiceClient.connect(ClientOptions.of(cell.urls()).operationTimeoutMs(30_000)))
                        .openSession(SessionOptions.named("writer"))));
        write(writer, NAME, 1);
        LockServiceClient client = client();
        Nodes reader = caching(client);
        Handle handle = TestCell.await(reader.open(NAME, OpenOptions.reading()).future());
        assertEquals(1, read(reader, NAME));
        CountDownLatch resumed = new CountDownLatch(1);
        client.loop().execute(() -> await(resumed));
        long startNanos = System.nanoTime();
        Future<?> write = writer.setContents(NAME, bytes("2")).future();
        assertEquals(1, read(reader, NAME), "it is not done yet");
        TestCell.await(write);
        long tookMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
        Future<Contents> byName = reader.getContentsAndStat(NAME).future();
        Future<Contents> byHandle = handle.getContentsAndStat().future();
        assertFalse(byName.isComplete() || byHandle.isComplete(), "its own clock says that the lease is over");
        assertTrue(tookMs > LEASE_MS / 2, "the write waited: " + tookMs);
        assertTrue(tookMs < 2 * LEASE_MS + 3_000, "ms: " + tookMs);
        resumed.countDown();
        // The cell has ended the session, or it is safe again and reads anew: never what was before.
        for (Future<Contents> each : List.of(byName, byHandle)) {
            String seen = each.map(Contents::text)
                    .otherwise("none")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            assertTrue(seen.equals("2") || seen.equals("none"), seen);
        }
    }

    @Test
    void aSessionThatIsClosedHoldsUpNobody() {
        Nodes writer = plain();
        write(writer, NAME, 1);
        Session session = TestCell.await(client().openSession(
                        SessionOptions.named("reader").withLeaseMs(60_000).withCache()));
        assertEquals(1, read(Nodes.of(session), NAME));
        TestCell.await(session.close());
        write(writer, NAME, 2);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads all the time, and compares with what was done before each read began. */
    private static final class Watch {
        private final Nodes reader;
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private final Thread thread = new Thread(this::run, "watch");

        Watch(Nodes reader) {
            this.reader = reader;
        }

        void start() {
            thread.start();
        }

        void end() throws InterruptedException {
            ended.set(true);
            thread.join();
            Throwable seen = failure.get();
            if (seen != null) {
                throw new AssertionError("a reader failed", seen);
            }
        }

        private void run() {
            try {
                while (!ended.get()) {
                    int before = done.get();
                    int value = read(reader, NAME);
                    assertTrue(value >= before, "read " + value + " when " + before + " was done");
                    // Leaves the processors to the cell.
                    LockSupport.parkNanos(100_000);
                }
            } catch (Throwable e) {
                failure.set(e);
            }
        }
    }
}
