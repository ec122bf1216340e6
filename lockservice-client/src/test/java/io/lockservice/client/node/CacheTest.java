package io.lockservice.client.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Name;
import io.lockservice.api.Stat;
import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Pending;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.fake.FakeFiles;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.transport.Lane;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Each line of what docs/api.md asks of a client that keeps copies. */
class CacheTest {
    private static final String NAME = "/ls/local/x";
    private static final long LEASE_MS = 12_000;

    private final ClientFixture fixture = new ClientFixture();
    private final FakeFiles files = fixture.cell.serveFiles();
    private final VirtualTime.Machine machine = fixture.time.machine();
    private final LockServiceClient client =
            fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B));
    private final Session session =
            fixture.now(client.openSession(SessionOptions.named("reader").withCache()));
    private final Nodes nodes = Nodes.of(session);

    CacheTest() {
        files.write(NAME, "1");
    }

    private String read() {
        return fixture.now(nodes.getContentsAndStat(NAME).future()).text();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Answered without anything being sent, at once. */
    private String fromCopy() {
        int sent = files.reads();
        String text =
                ClientFixture.result(nodes.getContentsAndStat(NAME).future()).text();
        assertEquals(sent, files.reads());
        return text;
    }

    private boolean isCopied() {
        return nodes.reads().copy(NAME, Seen.Part.CONTENT) != null;
    }

    @Test
    void whatWasReadOnceIsNotAskedForAgain() {
        assertEquals("1", read());
        assertEquals("1", fromCopy());
        Stat stat = ClientFixture.result(nodes.getStat(NAME).future());
        assertEquals(NAME, stat.name());
        fixture.time.advanceMs(10 * LEASE_MS);
        assertEquals("1", fromCopy());
        assertEquals(1, files.reads());
        CacheStats stats = nodes.cacheStats();
        assertEquals(3, stats.hits());
        assertEquals(1, stats.misses());
        assertEquals(0.75, stats.hitRate());
        assertEquals(1, stats.entries());
        assertTrue(stats.bytes() > 1);
    }

    @Test
    void aSessionWithoutCopiesAsksEachTime() {
        Nodes plain = Nodes.of(fixture.session(client));
        fixture.now(plain.getStat(NAME).future());
        fixture.now(plain.getStat(NAME).future());
        assertEquals(2, files.reads());
        assertEquals(CacheStats.NONE, plain.cacheStats());
        assertEquals(
                0,
                fixture.cell
                        .calls(HttpMethod.GET, "/v1/nodes/ls/local/x?cache=true")
                        .size());
    }

    @Test
    void aWriteOfOthersIsDoneOnlyWhenTheCopyIsGone() {
        read();
        files.write(NAME, "2");
        assertFalse(isCopied(), "told at once, by the keep-alive that waits");
        assertEquals("1", files.content(NAME), "not acknowledged yet");
        fixture.time.advanceMs(10);
        assertEquals("2", files.content(NAME));
        assertEquals("2", read());
        assertEquals("2", fromCopy());
        assertEquals(1, nodes.cacheStats().invalidations());
    }

    @Test
    void absenceAndListsAreCopiedToo() {
        Future<Stat> absent = nodes.getStat("/ls/local/y").future();
        fixture.time.advanceMs(10);
        assertEquals(
                "no-such-node",
                ClientFixture.failure(LockServiceException.class, absent).code());
        assertEquals(
                List.of("x"), fixture.now(nodes.readDir("/ls/local").future()).names());
        int sent = files.reads();
        ClientFixture.failure(
                LockServiceException.class,
                nodes.getContentsAndStat("/ls/local/y").future());
        ClientFixture.failure(
                LockServiceException.class, nodes.readDir("/ls/local/y").future());
        ClientFixture.result(nodes.readDir("/ls/local").future());
        ClientFixture.result(nodes.getStat("/ls/local").future());
        assertEquals(sent, files.reads());
        files.write("/ls/local/y", "new");
        fixture.time.advanceMs(10);
        assertEquals(
                List.of("x", "y"),
                fixture.now(nodes.readDir("/ls/local").future()).names());
        fixture.now(nodes.getStat("/ls/local/y").future());
    }

    @Test
    void aNewLeaderAndDroppedEventsDropEverything() {
        for (String type : List.of("leader-changed", "events-dropped")) {
            read();
            assertTrue(isCopied());
            fixture.cell.tell(session.id(), type, "");
            assertFalse(isCopied(), type);
        }
    }

    @Test
    void theLeaseIsLookedAtWhenACopyIsUsed() {
        read();
        machine.pause();
        fixture.time.advanceMs(LEASE_MS + 10);
        assertFalse(isCopied(), "nothing has run that could have dropped it");
        machine.resume();
        fixture.time.advanceMs(1_000);
        assertFalse(isCopied(), "safe again, and begun with none");
        assertTrue(session.isSafe());
        assertEquals("1", read());
    }

    @Test
    void whoIsHeldUpWhileItUsesACopyDoesNotTakeOneOfBeforeTheJeopardy() {
        read();
        machine.pause();
        fixture.time.advanceMs(LEASE_MS + 10);
        machine.beforeNextReading(() -> {
            machine.resume();
            fixture.time.advanceMs(1_000);
            assertTrue(session.isSafe(), "again");
        });
        assertFalse(isCopied(), "it was dropped, and there is no other");
    }

    @Test
    void inJeopardyThereAreNoCopiesAndReadsWait() {
        read();
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(LEASE_MS);
        assertEquals(Session.State.JEOPARDY, session.state());
        assertFalse(isCopied());
        assertEquals(0, nodes.cacheStats().entries());
        Future<Contents> waiting = nodes.getContentsAndStat(NAME).future();
        fixture.time.advanceMs(1_000);
        assertFalse(waiting.isComplete());
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.UP);
        fixture.time.advanceMs(3_000);
        assertEquals("1", ClientFixture.result(waiting).text());
        assertTrue(isCopied());
    }

    @Test
    void aReplyThatWasOvertakenIsGivenAndNotKept() {
        fixture.cell.latencyMs(50);
        Future<Contents> reading = nodes.getContentsAndStat(NAME).future();
        fixture.time.advanceMs(49);
        // The cell answers at 50 ms at once; the event overtakes whatever else is under way.
        Future<Contents> later = nodes.getContentsAndStat(NAME).future();
        fixture.cell.tell(session.id(), "invalidate", NAME);
        fixture.time.advanceMs(1);
        assertEquals("1", ClientFixture.result(reading).text());
        assertFalse(isCopied(), "the copy that this answer might have been is dropped already");
        assertFalse(later.isComplete(), "who asked for it too asks again");
        fixture.time.advanceMs(200);
        assertEquals("1", ClientFixture.result(later).text());
        assertTrue(isCopied());
    }

    @Test
    void oneReadServesAllWhoAskMeanwhileIfItMayBeKept() {
        List<Future<Contents>> readers = List.of(
                nodes.getContentsAndStat(NAME).future(),
                nodes.getContentsAndStat(NAME).future(),
                nodes.getContentsAndStat(NAME).future());
        fixture.time.advanceMs(100);
        readers.forEach(ClientFixture::result);
        assertEquals(1, files.reads());
    }

    @Test
    void whoJoinedAReadThatMayNotBeKeptIsAnsweredByALaterOne() {
        // A reader that acknowledges nothing keeps the write waiting, so that nobody gets a copy.
        fixture.client();
        Session other = fixture.now(
                fixture.client().openSession(SessionOptions.named("slow").withCache()));
        fixture.now(Nodes.of(other).getStat(NAME).future());
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.SILENT);
        files.write(NAME, "2");
        Future<Contents> first = nodes.getContentsAndStat(NAME).future();
        Future<Contents> second = nodes.getContentsAndStat(NAME).future();
        Future<Contents> third = nodes.getContentsAndStat(NAME).future();
        int before = files.reads();
        fixture.time.advanceMs(100);
        List.of(first, second, third).forEach(ClientFixture::result);
        assertEquals(before + 2, files.reads(), "one for the first, one for the two who came later");
        assertFalse(isCopied());
    }

    @Test
    void ownWritesDropBeforeTheyAreSentAndKeepNothingUntilTheyAreKnown() {
        read();
        fixture.now(nodes.readDir("/ls/local").future());
        fixture.cell.latencyMs(100);
        Future<Stat> write = nodes.setContents(NAME, bytes("2")).future();
        assertFalse(isCopied());
        assertEquals(null, nodes.reads().copy("/ls/local", Seen.Part.CHILDREN), "the directory above");
        Future<Contents> reading = nodes.getContentsAndStat(NAME).future();
        fixture.time.advanceMs(100);
        assertTrue(write.isComplete());
        fixture.time.advanceMs(1);
        ClientFixture.result(reading);
        assertFalse(isCopied(), "asked for before the write was known to be done");
        fixture.time.advanceMs(200);
        fixture.cell.latencyMs(1);
        assertEquals("2", read());
        assertEquals("2", fromCopy());
    }

    @Test
    void whatIsReadDuringAnOwnChangeIsNotKept() {
        fixture.cell.lane(Lane.WAIT, FakeReplica.SILENT);
        session.execute(Operation.put("/v1/locks/ls/local/x").waiting(60_000));
        assertEquals("1", read());
        assertFalse(isCopied(), "others may see the change while this program does not know of it");
    }

    @Test
    void ownWritesOfAnyKindAreUnderstood() {
        String absolute = "/ls/local/a/b";
        List<Operation> operations = List.of(
                Operation.put("/v1/locks/ls/local/a/b").waiting(1_000),
                Operation.delete("/v1/locks/ls/local/a/b"),
                Operation.put("/v1/files/ls/test/a/b?handle=s.h"),
                Operation.put("/v1/acls/ls/local/a/b"),
                Operation.delete("/v1/nodes/ls/local/a/b"),
                Operation.post("/v1/handles")
                        .json(new io.vertx.core.json.JsonObject()
                                .put("name", absolute)
                                .put("create", new io.vertx.core.json.JsonObject())),
                Operation.delete("/v1/handles/known"),
                Operation.post("/v1/txn")
                        .json(new io.vertx.core.json.JsonObject()
                                .put("else", List.of(new io.vertx.core.json.JsonObject().put("name", absolute)))));
        for (Operation each : operations) {
            Scope scope = scope(each);
            assertTrue(scope.covers(name("/ls/test/a/b")), each.path());
            assertTrue(scope.covers(name("/ls/test/a")), each.path());
            assertTrue(scope.covers(name("/ls/test")), each.path());
            assertFalse(scope.covers(name("/ls/test/a/bc")), each.path());
            assertFalse(scope.covers(name("/ls/test/a/b/c")), each.path());
        }
        Scope recursive = scope(Operation.delete("/v1/nodes/ls/local/a?recursive=true"));
        assertTrue(recursive.covers(name("/ls/test/a/b/c")));
        assertFalse(recursive.covers(name("/ls/test/b")));
        for (Operation each : List.of(Operation.delete("/v1/handles/other"), Operation.put("/v1/services/a/b"))) {
            assertTrue(scope(each).covers(name("/ls/test/z")), each.path());
        }
        for (Operation each : List.of(Operation.get("/v1/files/ls/local/a"), Operation.checkSequencer("x"))) {
            assertTrue(scope(each).isNothing(), each.path());
        }
    }

    private static Scope scope(Operation operation) {
        return Scope.of(operation, "test", handle -> handle.equals("known") ? name("/ls/test/a/b") : null);
    }

    private static io.lockservice.api.Name name(String text) {
        return io.lockservice.api.Name.parse(text, "test");
    }

    @Test
    void anUnknownOutcomeEndsCopiesOfWhatItWasAboutUntilItIsSettled() {
        fixture.cell.lane(Lane.CALL, FakeReplica.DEAF);
        Future<?> write = session.execute(
                Operation.put("/v1/files/ls/local/x").withBody(io.vertx.core.buffer.Buffer.buffer("2")));
        fixture.time.advanceMs(11_000);
        OutcomeUnknownException unknown = ClientFixture.failure(OutcomeUnknownException.class, write);
        fixture.cell.lane(Lane.CALL, FakeReplica.UP);
        assertEquals("2", read());
        assertFalse(isCopied(), "a copy of the packet may still be on its way");
        fixture.now(session.execute(Operation.put("/v1/files/ls/local/x")
                .withBody(io.vertx.core.buffer.Buffer.buffer("2"))
                .idempotencyKey(unknown.idempotencyKey())));
        read();
        assertTrue(isCopied());
    }

    @Test
    void aWriteThatIsCancelledStaysUnknown() {
        fixture.cell.lane(Lane.CALL, FakeReplica.DEAF);
        Pending<Stat> write = nodes.setContents(NAME, bytes("2"));
        fixture.time.advanceMs(10);
        write.cancel();
        ClientFixture.failure(CancellationException.class, write.future());
        fixture.cell.lane(Lane.CALL, FakeReplica.UP);
        assertEquals("2", read());
        assertFalse(isCopied());
    }

    @Test
    void soManyOutcomesStayUnknownThatNothingIsKeptAnyMore() {
        OwnWrites own = new OwnWrites(session, handle -> null, scope -> {});
        for (int i = 0; i < 3_000; i++) {
            own.sending(Operation.put("/v1/files/ls/local/n" + i)).accept(new CancellationException());
        }
        assertTrue(own.isAbout(new Name("/ls/local/elsewhere")));
        assertTrue(own.unsettled() <= 1_000, "what they were about need not be known: " + own.unsettled());
    }

    @Test
    void theOldestGoWhereThereIsNoRoom() {
        Nodes small = Nodes.of(fixture.now(
                client.openSession(SessionOptions.named("small").withCache(new SessionOptions.Copies(10, 1 << 20)))));
        for (int i = 0; i < 30; i++) {
            files.write("/ls/local/n" + i, "");
            fixture.now(small.getStat("/ls/local/n" + i).future());
            fixture.now(small.getStat("/ls/local/n0").future());
            assertTrue(small.cacheStats().entries() <= 10);
        }
        int sent = files.reads();
        ClientFixture.result(small.getStat("/ls/local/n0").future());
        ClientFixture.result(small.getStat("/ls/local/n29").future());
        assertEquals(sent, files.reads());
        assertEquals(20, small.cacheStats().evictions());
    }

    @Test
    void tooManyBytesAreTooManyToo() {
        Nodes small = Nodes.of(fixture.now(
                client.openSession(SessionOptions.named("small").withCache(new SessionOptions.Copies(1_000, 5_000)))));
        files.write("/ls/local/large", "x".repeat(6_000));
        fixture.now(small.getStat(NAME).future());
        fixture.now(small.getContentsAndStat("/ls/local/large").future());
        assertTrue(
                small.cacheStats().bytes() <= 5_000,
                "bytes: " + small.cacheStats().bytes());
    }

    @Test
    void theEndOfTheSessionEndsItsCopies() {
        read();
        fixture.now(session.close());
        assertFalse(isCopied());
        ClientFixture.failure(LockServiceException.class, nodes.getStat(NAME).future());
        assertEquals(
                session.id(),
                fixture.cell
                        .calls(HttpMethod.DELETE, "/v1/sessions")
                        .get(0)
                        .headers()
                        .get("Lockservice-Session"),
                "so that nobody waits for them");
        assertEquals(1, ClientCaches.of(client).stats().misses(), "still counted");
        assertEquals(0, ClientCaches.of(client).stats().entries());
    }

    @Test
    void aReadThatNobodyWantsAnyMoreIsGivenUp() {
        fixture.cell.lane(Lane.CALL, FakeReplica.SILENT);
        Pending<Contents> one = nodes.getContentsAndStat(NAME);
        Pending<Contents> two = nodes.getContentsAndStat(NAME);
        one.cancel();
        ClientFixture.failure(CancellationException.class, one.future());
        fixture.cell.lane(Lane.CALL, FakeReplica.UP);
        fixture.time.advanceMs(4_000);
        assertEquals("1", ClientFixture.result(two.future()).text());
    }

    @Test
    void aHandleReadsTheSameCopiesUntilItsNodeIsAnother() {
        Handle handle = fixture.now(nodes.open(NAME, OpenOptions.reading()).future());
        read();
        int sent = files.reads();
        assertEquals(
                "1", ClientFixture.result(handle.getContentsAndStat().future()).text());
        assertEquals(sent, files.reads());
        files.delete(NAME);
        fixture.time.advanceMs(10);
        files.write(NAME, "another");
        fixture.time.advanceMs(10);
        assertEquals("another", read());
        Future<Stat> gone = handle.getStat().future();
        assertEquals(
                "no-such-node",
                ClientFixture.failure(LockServiceException.class, gone).code());
    }
}
