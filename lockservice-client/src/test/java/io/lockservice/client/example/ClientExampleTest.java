package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.HandleMode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.node.CacheStats;
import io.lockservice.client.node.Contents;
import io.lockservice.client.node.EventType;
import io.lockservice.client.node.Handle;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.node.OpenOptions;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What docs/client.md shows. */
class ClientExampleTest extends CellTest {
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Test
    void aSessionTellsWhatMayBeBelieved() throws InterruptedException {
        LockServiceClient client = client();
        Future<Session> opening =
                client.openSession(SessionOptions.named("billing-7f4c").withLeaseMs(12_000));
        Session session = TestCell.await(opening);
        session.addListener(new SessionListener() {
            @Override
            public void jeopardy(Session session) {
                stopWhatTheLocksGuard();
            }

            @Override
            public void safe(Session session) {
                goOn();
            }

            @Override
            public void expired(Session session, SessionExpiredException reason) {
                openAnotherAndTakeTheLocksAgain();
            }
        });
        assertTrue(session.isSafe());
        TestCell.await(session.close());
        assertEquals("expired", told.poll(10, TimeUnit.SECONDS));
    }

    private void stopWhatTheLocksGuard() {
        told.add("jeopardy");
    }

    private void goOn() {
        told.add("safe");
    }

    private void openAnotherAndTakeTheLocksAgain() {
        told.add("expired");
    }

    @Test
    void aHandleHasChubbysCalls() throws Exception {
        Session session = TestCell.await(client().openSession(SessionOptions.named("a")));
        byte[] first = "size=3".getBytes(StandardCharsets.UTF_8);
        byte[] second = "size=4".getBytes(StandardCharsets.UTF_8);
        OpenOptions options = OpenOptions.forModes(HandleMode.READ, HandleMode.WRITE, HandleMode.LOCK)
                .creating(OpenOptions.Creation.file(first))
                .withEvents(EnumSet.of(EventType.CONTENT_CHANGED), event -> told.add(event.name()))
                .withLockDelayMs(10_000);
        Handle handle = await(Handle.open(session, "/ls/local/primary", options).future());

        Contents contents = await(handle.getContentsAndStat().future());
        // Compare and swap: fails with generation-mismatch where somebody else wrote in between.
        await(handle.setContents(second, contents.stat().contentGeneration()).future());

        HeldLock lock = await(handle.acquire(LockOptions.exclusive()).future());
        handle.setSequencer(lock.sequencer());
        // From here on the cell refuses what comes too late: the lock has to be held when the write is done.
        await(handle.setContents(first).future());
        await(handle.release().future());
        await(handle.close());

        assertEquals("/ls/test/primary", told.poll(10, TimeUnit.SECONDS));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void copiesAreNeverOld() throws Exception {
        LockServiceClient client = client();
        Session writer = TestCell.await(client.openSession(SessionOptions.named("writer")));
        byte[] first = "size=3".getBytes(StandardCharsets.UTF_8);
        byte[] second = "size=4".getBytes(StandardCharsets.UTF_8);
        await(Nodes.of(writer).setContents("/ls/local/config", first).future());

        Session session =
                await(client.openSession(SessionOptions.named("reader").withCache()));
        Nodes nodes = Nodes.of(session);
        await(nodes.getContentsAndStat("/ls/local/config").future());
        // There is a copy now: this asks nobody, and the future is complete when it is returned.
        await(nodes.getContentsAndStat("/ls/local/config").future());

        await(Nodes.of(writer).setContents("/ls/local/config", second).future());
        // The write is done, so nobody has the old copy any more.
        assertEquals(
                "size=4",
                await(nodes.getContentsAndStat("/ls/local/config").future()).text());
        CacheStats stats = nodes.cacheStats();
        assertEquals(1, stats.hits());
        assertEquals(2, stats.misses());
    }
}
