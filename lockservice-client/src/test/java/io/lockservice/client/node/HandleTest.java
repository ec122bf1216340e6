package io.lockservice.client.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.HandleMode;
import io.lockservice.api.Stat;
import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Pending;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.fake.FakeFiles;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Chubby's calls (Burrows, section 2.6) on virtual time. */
class HandleTest {
    private static final String NAME = "/ls/local/x";
    private static final OpenOptions ALL =
            OpenOptions.forModes(HandleMode.READ, HandleMode.WRITE, HandleMode.LOCK, HandleMode.CHANGE_ACL);

    private final ClientFixture fixture = new ClientFixture();
    private final FakeFiles files = fixture.cell.serveFiles();
    private final LockServiceClient client =
            fixture.client(fixture.time.machine(), ClientOptions.of(ClientFixture.A, ClientFixture.B));
    private final Session session = fixture.session(client);

    HandleTest() {
        files.write(NAME, "1");
    }

    private Handle open(OpenOptions options) {
        return fixture.now(Handle.open(session, NAME, options).future());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String code(Pending<?> pending) {
        return ClientFixture.failure(LockServiceException.class, pending.future())
                .code();
    }

    private List<Call> writes() {
        return fixture.cell.calls(HttpMethod.PUT, "/v1/files" + NAME);
    }

    @Test
    void everyCallGoesThroughTheHandle() {
        Handle handle = open(ALL);
        assertFalse(handle.created());
        fixture.now(handle.setContents(bytes("2")).future());
        assertEquals("2", fixture.now(handle.getContentsAndStat().future()).text());
        assertEquals(2, fixture.now(handle.getStat().future()).contentGeneration());
        fixture.now(handle.delete().future());
        long through = fixture.cell.calls().stream()
                .filter(call -> call.path().contains("handle=" + handle.id()))
                .count();
        assertEquals(4, through);
    }

    @Test
    void writesAtAGenerationNameTheInstanceThatWasOpened() {
        Handle handle = open(ALL);
        fixture.now(handle.setContents(bytes("2"), 7).future());
        String expected = "\"" + handle.openedStat().instance() + ".7\"";
        assertEquals(expected, writes().get(0).headers().get("If-Match"));
    }

    @Test
    void laterChangesAreFencedAndReadsAreNot() {
        Handle handle = open(ALL);
        handle.setSequencer("token-1");
        fixture.now(handle.setContents(bytes("2")).future());
        fixture.now(handle.getStat().future());
        handle.setSequencer(null);
        fixture.now(handle.setContents(bytes("3")).future());
        assertEquals("token-1", writes().get(0).headers().get("Lockservice-Sequencer"));
        assertEquals(null, writes().get(1).headers().get("Lockservice-Sequencer"));
    }

    @Test
    void poisonFailsWhatIsUnderWayAndAllThatComesAndClosesNothing() {
        Handle handle = open(ALL);
        fixture.cell.lane(Lane.CALL, FakeReplica.SILENT);
        Pending<Stat> underWay = handle.getStat();
        fixture.time.advanceMs(10);
        handle.poison();
        assertEquals("handle-poisoned", code(underWay));
        assertEquals("handle-poisoned", code(handle.setContents(bytes("2"))));
        assertEquals("handle-poisoned", code(handle.tryAcquire(LockOptions.exclusive())));
        assertEquals(0, fixture.cell.calls(HttpMethod.DELETE, "/v1/handles").size());
        int sent = fixture.cell.calls(HttpMethod.GET, "/v1/nodes").size();
        fixture.time.advanceMs(30_000);
        assertEquals(sent, fixture.cell.calls(HttpMethod.GET, "/v1/nodes").size(), "not tried again");
    }

    @Test
    void closingNeverFailsAndIsTriedUntilItIsDone() {
        Handle handle = open(ALL);
        fixture.cell.lane(Lane.CALL, FakeReplica.DEAF);
        Future<Void> closed = handle.close();
        assertEquals("handle-closed", code(handle.getStat()));
        fixture.time.advanceMs(30_000);
        assertFalse(closed.isComplete());
        fixture.cell.lane(Lane.CALL, FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        assertTrue(closed.succeeded());
        assertTrue(handle.close().succeeded());
        List<Call> deletes = fixture.cell.calls(HttpMethod.DELETE, "/v1/handles");
        assertEquals(
                1,
                deletes.stream()
                        .map(call -> call.headers().get("Idempotency-Key"))
                        .distinct()
                        .count());
    }

    @Test
    void afterTheSessionsEndEverythingFailsAndClosingDoesNot() {
        Handle handle = open(ALL);
        fixture.cell.endAllSessions();
        Pending<Stat> first = handle.setContents(bytes("2"));
        fixture.time.advanceMs(10);
        ClientFixture.failure(SessionExpiredException.class, first.future());
        ClientFixture.failure(SessionExpiredException.class, handle.getStat().future());
        ClientFixture.failure(
                SessionExpiredException.class,
                handle.acquire(LockOptions.exclusive()).future());
        assertEquals("1", files.content(NAME));
        assertTrue(handle.close().succeeded());
    }

    @Test
    void theLockIsAcquiredThroughTheHandleAndIsTheSessions() {
        Handle handle = open(ALL);
        HeldLock lock = fixture.now(handle.acquire(LockOptions.exclusive()).future());
        Call asked = fixture.cell.calls(HttpMethod.PUT, "/v1/locks").get(0);
        assertTrue(asked.path().endsWith("?handle=" + handle.id()), asked.path());
        assertTrue(lock == fixture.now(handle.acquire(LockOptions.exclusive()).future()), "held already");
        assertEquals(lock.sequencer(), fixture.now(handle.getSequencer().future()));
        assertTrue(fixture.now(handle.checkSequencer(lock.sequencer()).future()));
        fixture.now(handle.close());
        assertTrue(lock.isHeld());
        Handle other = fixture.now(
                Handle.open(fixture.session(fixture.client()), NAME, ALL).future());
        Pending<HeldLock> refused = other.tryAcquire(LockOptions.exclusive());
        fixture.time.advanceMs(100);
        ClientFixture.failure(LockHeldException.class, refused.future());
    }

    @Test
    void releasingIsOfWhatThisHandleHolds() {
        Handle handle = open(ALL);
        assertEquals("not-held", code(handle.release()));
        assertEquals("not-held", code(handle.getSequencer()));
        fixture.now(handle.acquire(LockOptions.exclusive()).future());
        fixture.now(handle.release().future());
        assertEquals(null, fixture.cell.holder(NAME));
        assertEquals("not-held", code(handle.release()));
    }

    @Test
    void anAcquisitionThatIsCancelledGivesUpItsPlace() {
        fixture.now(DistributedLock.of(fixture.session(fixture.client())).acquire(NAME, LockOptions.exclusive()));
        Handle handle = open(ALL);
        Pending<HeldLock> waiting = handle.acquire(LockOptions.exclusive());
        fixture.time.advanceMs(100);
        assertEquals(List.of(session.id()), fixture.cell.waiters(NAME));
        waiting.cancel();
        ClientFixture.failure(CancellationException.class, waiting.future());
        fixture.time.advanceMs(100);
        assertEquals(List.of(), fixture.cell.waiters(NAME));
    }

    @Test
    void anAcquisitionThatIsCancelledAfterTheGrantAndBeforeItIsToldIsGivenBack() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Handle handle = open(ALL);
            Context context = vertx.getOrCreateContext();
            List<Pending<HeldLock>> calls = new ArrayList<>();
            turn(context, () -> {
                calls.add(handle.acquire(LockOptions.exclusive()));
                fixture.time.advanceMs(100);
                assertEquals(session.id(), fixture.cell.holder(NAME));
                // Behind the answer, and before what it makes of the call.
                context.runOnContext(ignored -> calls.get(0).cancel());
            });
            for (int i = 0; i < 10; i++) {
                turn(context, () -> fixture.time.advanceMs(100));
            }
            ClientFixture.failure(CancellationException.class, calls.get(0).future());
            assertEquals(null, fixture.cell.holder(NAME));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
    }

    /** Futures that belong to a context are told in its next turn. */
    private static void turn(Context context, Runnable work) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        context.runOnContext(ignored -> {
            try {
                work.run();
                done.complete(null);
            } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
            }
        });
        done.get(10, TimeUnit.SECONDS);
    }

    @Test
    void eventsComeToTheHandleThatAskedForThem() {
        List<String> told = new ArrayList<>();
        EnumSet<EventType> types = EnumSet.of(EventType.CONTENT_CHANGED, EventType.NODE_CREATED);
        Handle handle = open(ALL.withEvents(types, event -> told.add(event.type() + " " + event.name())));
        for (String name : List.of(NAME, NAME + "/child", NAME + "/child/deeper", NAME + "y", "/ls/local")) {
            fixture.cell.tell(session.id(), "content-changed", name);
            fixture.time.advanceMs(10);
        }
        fixture.cell.tell(session.id(), "node-deleted", NAME);
        fixture.time.advanceMs(10);
        fixture.cell.tell(session.id(), "events-dropped", "");
        fixture.time.advanceMs(10);
        assertEquals(List.of("content-changed " + NAME, "content-changed " + NAME + "/child", "events-dropped "), told);
        fixture.now(handle.close());
        fixture.cell.tell(session.id(), "content-changed", NAME);
        fixture.time.advanceMs(10);
        assertEquals(3, told.size());
    }

    @Test
    void anEventThatOvertakesTheAnswerToTheOpeningIsNotLost() {
        List<String> told = new ArrayList<>();
        fixture.cell.latencyMs(100);
        Future<Handle> opening = Handle.open(
                        session,
                        NAME,
                        ALL.withEvents(EnumSet.of(EventType.CONTENT_CHANGED), event -> told.add(event.name())))
                .future();
        fixture.time.advanceMs(50);
        fixture.cell.tell(session.id(), "content-changed", NAME);
        assertEquals(List.of(), told);
        fixture.time.advanceMs(100);
        ClientFixture.result(opening);
        assertEquals(List.of(NAME), told);
    }

    @Test
    void aHandleThatNobodyWantsAnyMoreIsClosed() {
        Pending<Handle> opening = Handle.open(session, NAME, ALL);
        opening.cancel();
        ClientFixture.failure(CancellationException.class, opening.future());
        fixture.time.advanceMs(100);
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/handles").size());
    }

    @Test
    void makesTheNodeWhereItIsAsked() {
        Handle made = fixture.now(
                Handle.open(session, "/ls/local/new", ALL.creating(OpenOptions.Creation.ephemeralFile(bytes("first"))))
                        .future());
        assertTrue(made.created());
        assertEquals("first", files.content("/ls/local/new"));
        Pending<Handle> none = Handle.open(session, "/ls/local/none", ALL);
        fixture.time.advanceMs(100);
        assertEquals("no-such-node", code(none));
        assertEquals("bad-name", code(Handle.open(session, "none", ALL)));
        assertEquals("wrong-cell", code(Handle.open(session, "/ls/other/x", ALL)));
    }
}
