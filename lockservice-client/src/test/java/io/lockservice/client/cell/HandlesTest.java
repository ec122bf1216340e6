package io.lockservice.client.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.HandleMode;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Pending;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.node.Acl;
import io.lockservice.client.node.Contents;
import io.lockservice.client.node.Directory;
import io.lockservice.client.node.EventType;
import io.lockservice.client.node.Handle;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.node.OpenOptions;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chubby's calls against a real cell. */
class HandlesTest extends CellTest {
    private static final String NAME = "/ls/test/primary";
    private static final OpenOptions ALL =
            OpenOptions.forModes(HandleMode.READ, HandleMode.WRITE, HandleMode.LOCK, HandleMode.CHANGE_ACL);

    private Session session() {
        return TestCell.await(client().openSession(SessionOptions.named("test")));
    }

    private static <T> T done(Pending<T> pending) {
        return TestCell.await(pending.future());
    }

    private static String refusal(Pending<?> pending) {
        Throwable failure = assertThrows(AssertionError.class, () -> TestCell.await(pending.future()));
        while (failure.getCause() != null) {
            failure = failure.getCause();
        }
        return assertInstanceOf(LockServiceException.class, failure).code();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void contentsAreReadWrittenAndSwapped() {
        Handle handle = done(Handle.open(
                session(), "/ls/local/primary", ALL.creating(OpenOptions.Creation.file(new byte[] {-1, 0}))));
        assertTrue(handle.created());
        assertEquals(NAME, handle.name());
        Contents first = done(handle.getContentsAndStat());
        assertEquals(List.of((byte) -1, (byte) 0), List.of(first.bytes()[0], first.bytes()[1]));
        assertEquals(first.stat(), done(handle.getStat()));
        assertEquals(first.stat(), handle.openedStat());
        Stat second = done(handle.setContents(bytes("grün"), first.stat().contentGeneration()));
        assertEquals("grün", done(handle.getContentsAndStat()).text());
        assertEquals(
                "generation-mismatch",
                refusal(handle.setContents(bytes("x"), first.stat().contentGeneration())));
        assertEquals(second, done(handle.getStat()));
        assertEquals("not-a-directory", refusal(handle.readDir()));
    }

    @Test
    void aHandleIsGoodForWhatItWasOpenedFor() {
        Session session = session();
        done(Nodes.of(session).setContents(NAME, bytes("1")));
        Handle reading = done(Handle.open(session, NAME, OpenOptions.reading()));
        assertEquals("permission-denied", refusal(reading.setContents(bytes("2"))));
        assertEquals("permission-denied", refusal(reading.tryAcquire(LockOptions.exclusive())));
        assertEquals("permission-denied", refusal(reading.setAcl(new Acl(null, "none", null, 0))));
        Handle writing = done(Handle.open(session, NAME, OpenOptions.forModes(HandleMode.WRITE)));
        assertEquals("permission-denied", refusal(writing.getStat()));
        assertEquals(
                "node-exists",
                refusal(Handle.open(
                        session,
                        NAME,
                        ALL.creating(OpenOptions.Creation.file(bytes("")).mustBeNew()))));
    }

    @Test
    void aHandleIsOfTheVeryNodeThatWasOpened() {
        Session session = session();
        Handle handle = done(Handle.open(session, NAME, ALL.creating(OpenOptions.Creation.file(bytes("1")))));
        done(handle.delete());
        assertEquals("no-such-node", refusal(handle.getStat()));
        done(Nodes.of(session).setContents(NAME, bytes("2")));
        assertEquals("no-such-node", refusal(handle.getContentsAndStat()));
        assertEquals("no-such-node", refusal(handle.setContents(bytes("3"))));
        assertEquals("no-such-node", refusal(handle.acquire(LockOptions.exclusive())));
        TestCell.await(handle.close());
        assertEquals("handle-closed", refusal(handle.getStat()));
    }

    @Test
    void directoriesAreListedOverAllPages() {
        Session session = session();
        Nodes nodes = Nodes.of(session);
        done(nodes.makeDirectories("/ls/local/a/b"));
        for (int i = 0; i < 1_003; i++) {
            done(nodes.setContents("/ls/local/a/b/" + (1_000 + i), new byte[0]));
        }
        Handle handle = done(Handle.open(session, "/ls/local/a/b", OpenOptions.reading()));
        Directory directory = done(handle.readDir());
        assertEquals(1_003, directory.children().size());
        assertEquals("1000", directory.names().get(0));
        assertEquals("2002", directory.names().get(1_002));
        assertEquals(NodeKind.DIRECTORY, directory.stat().kind());
        assertEquals("not-a-file", refusal(handle.getContentsAndStat()));
        assertEquals("not-empty", refusal(nodes.delete("/ls/local/a")));
        done(nodes.deleteAll("/ls/local/a"));
        assertEquals("no-such-node", refusal(nodes.getStat("/ls/local/a")));
    }

    @Test
    void theLockIsFencedAndProved() {
        Session one = session();
        Session two = session();
        Handle a = done(Handle.open(one, NAME, ALL.creating(OpenOptions.Creation.file(bytes("1")))));
        Handle b = done(Handle.open(two, NAME, ALL));
        // The locks by name of the same session must not take the handle's for a stray one.
        DistributedLock.of(two);
        HeldLock held = done(a.acquire(LockOptions.exclusive()));
        String sequencer = done(a.getSequencer());
        assertTrue(done(b.checkSequencer(sequencer)));
        assertEquals("lock-held", refusal(b.tryAcquire(LockOptions.exclusive())));
        Pending<HeldLock> waiting = b.acquire(LockOptions.exclusive());
        a.setSequencer(sequencer);
        done(a.setContents(bytes("fenced")));
        done(a.release());
        HeldLock next = done(waiting);
        assertTrue(next.token() > held.token());
        assertEquals("sequencer-invalid", refusal(a.setContents(bytes("late"))));
        assertFalse(done(b.checkSequencer(sequencer)));
        assertTrue(TestCell.await(next.check()));
        assertEquals("fenced", done(b.getContentsAndStat()).text());
    }

    @Test
    void eventsComeWithoutDelay() throws InterruptedException {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        Session watcher = TestCell.await(
                client().openSession(SessionOptions.named("watcher").withLeaseMs(60_000)));
        Nodes writer = Nodes.of(session());
        done(writer.makeDirectories("/ls/local/dir"));
        done(Handle.open(
                watcher,
                "/ls/local/dir",
                OpenOptions.reading()
                        .withEvents(
                                EnumSet.of(EventType.NODE_CREATED, EventType.CONTENT_CHANGED, EventType.NODE_DELETED),
                                event -> told.add(event.type() + " " + event.name()))));
        for (int round = 0; round < 5; round++) {
            done(writer.setContents("/ls/local/dir/x", bytes("1")));
            assertEquals(
                    "node-created /ls/test/dir/x", told.poll(5, TimeUnit.SECONDS), "a quarter of the lease is 15 s");
            done(writer.setContents("/ls/local/dir/x", bytes("2")));
            assertEquals("content-changed /ls/test/dir/x", told.poll(5, TimeUnit.SECONDS));
            done(writer.delete("/ls/local/dir/x"));
            assertEquals("node-deleted /ls/test/dir/x", told.poll(5, TimeUnit.SECONDS));
        }
    }

    @Test
    void anEphemeralFileGoesWithTheLastWhoHasItOpen() {
        Session one = session();
        Session two = session();
        done(Handle.open(one, NAME, ALL.creating(OpenOptions.Creation.ephemeralFile(bytes("1")))));
        Handle other = done(Handle.open(two, NAME, OpenOptions.reading()));
        TestCell.await(one.close());
        assertTrue(done(other.getStat()).ephemeral());
        TestCell.await(other.close());
        assertEquals("no-such-node", refusal(Nodes.of(two).getStat(NAME)));
    }

    @Test
    void aclsAreNamedAtAGeneration() {
        Handle handle = done(Handle.open(session(), NAME, ALL.creating(OpenOptions.Creation.file(bytes("1")))));
        Acl before = done(handle.getAcl());
        Acl after = done(handle.setAcl(new Acl(null, "writers", null, 0), before.aclGeneration()));
        assertEquals("writers", after.write());
        assertEquals(after, done(handle.getAcl()));
        assertEquals("generation-mismatch", refusal(handle.setAcl(before, before.aclGeneration())));
        // Permission was looked at when it was opened.
        done(handle.setContents(bytes("2")));
        assertTrue(done(handle.acquire(LockOptions.exclusive())).isHeld());
    }
}
