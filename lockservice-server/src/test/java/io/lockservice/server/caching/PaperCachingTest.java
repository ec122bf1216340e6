package io.lockservice.server.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractCell;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * "The Chubby lock service for loosely-coupled distributed systems" (Burrows, OSDI 2006), section 2.7 and what 2.8 and 2.9
 * say of caches, one test a statement, in the paper's order. What is different on purpose says so. What the client does with
 * its copies (that it flushes them when its lease ends, in jeopardy; that it keeps handles open) is not on the wire.
 */
final class PaperCachingTest extends CachingTest {
    private static String cachedFile(String session) {
        String file = unique("cached");
        write(file, "old");
        assertEquals("old", keeps(file(file), session).text());
        return file;
    }

    // 2.7 Caching

    @Test
    void clientsCacheFileDataNodeMetadataAndAbsence() {
        // 2.7: data, metadata, and that there is no such file. Here a session says when it is opened that it will
        // (docs/adr/0011-who-has-copies-is-the-leaders-memory.md).
        String session = caching();
        String file = cachedFile(session);
        assertEquals(printed(file), keeps(node(file), session).json().getString("name"));
        assertEquals("404 no-such-node", keeps(node(unique("absent")), session).outcome());
    }

    @Test
    void theCacheIsWrittenThrough() {
        // 2.7: a write goes to the cell and everybody sees it, whoever keeps copies.
        String writer = caching();
        String file = cachedFile(writer);
        done(begin("PUT", file(file), "new", as(writer)));
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            Answer read = ContractCell.await(cell.begin(replica, "GET", file(file), new byte[0]));
            assertEquals("new", read.text());
        }
    }

    @Test
    void theMasterKnowsWhatEachClientMayBeCaching() {
        // 2.7: it keeps a list, and sends invalidations to those that may have a copy, not to all.
        String session = caching();
        String file = cachedFile(session);
        String other = caching();
        String others = cachedFile(other);
        waitsFor(beginWrite(file, "new"), List.of(session), file);
        assertEquals(List.of(), toDrop(other));
        waitsFor(beginWrite(others, "new"), List.of(other), others);
        assertEquals(List.of(), toDrop(session));
    }

    @Test
    void clientsSeeAConsistentViewOfTheState() {
        // 2.7: as long as a copy may be used nobody sees anything newer.
        String session = caching();
        String file = cachedFile(session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        for (int replica = 1; replica <= ContractCell.REPLICAS; replica++) {
            Answer read = ContractCell.await(cell.begin(replica, "GET", file(file), new byte[0]));
            assertEquals("old", read.text());
        }
        takesIn(session);
        done(write);
    }

    @Test
    void aModificationIsBlockedWhileEveryClientThatMayHaveACopyIsTold() {
        // 2.7: data or metadata
        List<String> sessions = List.of(caching(), caching());
        String file = cachedFile(sessions.get(0));
        keeps(node(file), sessions.get(1));
        waitsFor(beginWrite(file, "new"), sessions, file);
        sessions.forEach(session -> keeps(node(file), session));
        waitsFor(begin("PUT", lock(file), "", as(open()), PATIENTLY), sessions, file);
    }

    @Test
    void invalidationsSitOnTopOfKeepAlives() {
        // 2.7; 2.8: the reply to a KeepAlive carries them, and comes early then.
        String session = caching();
        String file = cachedFile(session);
        CompletableFuture<Answer> blocked =
                begin("POST", session(session) + "/keepalive", "{\"ack\":0,\"waitMs\":60000}");
        CompletableFuture<Answer> write = beginWrite(file, "new");
        assertEquals(
                List.of("invalidate"),
                besideLeaders(ContractCell.await(blocked).list("events")).stream()
                        .map(event -> event.getString("type"))
                        .toList());
        takesIn(session);
        done(write);
    }

    @Test
    void aClientAcknowledgesByItsNextKeepAlive() {
        // 2.7: having flushed what is invalid. Here it says up to which number
        // (docs/adr/0010-what-a-session-is-told-is-replicated-and-numbered.md), so that one that crossed the
        // invalidation on
        // its way acknowledges nothing.
        String session = caching();
        String file = cachedFile(session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        send("POST", session(session) + "/keepalive", "{\"ack\":0}");
        assertEquals("old", get(file(file)).text());
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
    }

    @Test
    void aModificationProceedsWhereAClientAllowedItsLeaseToExpire() {
        // 2.7: or because the client let its cache lease expire; here the session's is its cache's
        long openedNanos = System.nanoTime();
        String file = cachedFile(caching(1_000));
        done(beginWrite(file, "new"));
        assertElapsed(1_000, openedNanos);
    }

    @Test
    void oneRoundOfInvalidationsIsEnough() {
        // 2.7: since the node is uncachable as long as any is not acknowledged.
        List<String> sessions = List.of(caching(), caching());
        String file = cachedFile(sessions.get(0));
        keeps(file(file), sessions.get(1));
        CompletableFuture<Answer> write = beginWrite(file, "new");
        sessions.forEach(session -> isToldToDrop(session, file));
        takesIn(sessions.get(0));
        assertEquals("false", cacheable(read(file(file), sessions.get(0))));
        assertFalse(write.isDone());
        takesIn(sessions.get(1));
        done(write);
        sessions.forEach(session -> assertEquals(List.of(), toDrop(session)));
    }

    @Test
    void readsAreProcessedWithoutDelay() {
        // 2.7: always, also while invalidations are outstanding.
        String session = caching();
        String file = cachedFile(session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        for (String read : List.of(file(file), node(file), node(file) + "?content=true")) {
            assertEquals(200, get(read).status());
            assertEquals(200, read(read, session).status());
        }
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
    }

    @Test
    void copiesAreInvalidatedAndNeverUpdated() {
        // 2.7: a client that read a file once is not sent what becomes of it for ever.
        String session = caching();
        String file = cachedFile(session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        assertEquals(
                Set.of("seq", "type", "name"),
                besideLeaders(told(session)).get(0).fieldNames());
        takesIn(session);
        done(write);
        done(beginWrite(file, "newer"));
        assertEquals(List.of(), toDrop(session));
    }

    @Test
    void locksMayBeCachedToo() {
        // 2.7: held for longer than needed, since an event says that another wants it.
        String lock = unique("cached");
        write(lock, "");
        String session = caching();
        JsonArray events = new JsonArray().add("lock-requested");
        JsonArray modes = new JsonArray().add("lock");
        String handle =
                handle(lock, session, new JsonObject().put("modes", modes).put("events", events));
        assertEquals(200, through(handle, "PUT locks", lock).status());
        CompletableFuture<Answer> wanted = begin("PUT", lock(lock), "{\"waitMs\":30000}", as(open()));
        until("it is told", () -> typesTold(session).contains("lock-requested"));
        send("DELETE", lock(lock), "", as(session));
        done(wanted);
    }

    // 2.8 Sessions and KeepAlives

    @Test
    void cachedDataStaysValidWhileTheSessionDoes() {
        // 2.8: and may have to be given up to keep the session, but without reason nothing is.
        String session = caching();
        cachedFile(session);
        for (int turn = 0; turn < 3; turn++) {
            assertEquals(List.of(), toDrop(session));
        }
    }

    // 2.9 Fail-overs

    @Test
    void aFailOverMakesClientsFlushTheirCaches() {
        // 2.9, step 5: since invalidations may have been missed; the new master assumes that each session may have any
        // copy.
        String session = caching();
        String file = cachedFile(session);
        moveLeader();
        CompletableFuture<Answer> write = beginWrite(file, "new");
        until(
                "it is told",
                () -> told(session).stream()
                        .anyMatch(event -> event.getString("type").equals("leader-changed")));
        assertEquals(List.of(), toDrop(session), "it has to drop everything");
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
    }

    @Test
    void aNewMasterWaitsForAcknowledgementsWithWritesOnly() {
        // 2.9, step 6: it waits until each session has acknowledged the fail-over event, before any operation. Here for
        // sessions that keep copies, and with what could make a copy old
        // (docs/adr/0011-who-has-copies-is-the-leaders-memory.md).
        String session = caching();
        String file = cachedFile(session);
        String silent = open();
        moveLeader();
        CompletableFuture<Answer> write = beginWrite(file, "new");
        assertEquals("old", get(file(file)).text());
        assertEquals(200, get(session(silent)).status());
        String newcomer = open();
        assertEquals(200, send("POST", session(newcomer) + "/keepalive", "").status());
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
        assertTrue(told(silent).size() > 0, "it has not acknowledged and is not waited for");
    }

    @Test
    void aNewMasterDoesNotWaitForSessionsThatExpire() {
        // 2.9, step 6: or lets its session expire
        long openedNanos = System.nanoTime();
        String file = cachedFile(caching(1_000));
        moveLeader();
        done(beginWrite(file, "new"));
        assertElapsed(1_000, openedNanos);
    }

    @Test
    void copiesAreKeptAgainUnderANewMaster() {
        // 2.9, step 7: all goes on as before.
        String session = caching();
        String file = cachedFile(session);
        moveLeader();
        until("it is told", () -> !told(session).isEmpty());
        takesIn(session);
        keeps(file(file), session);
        waitsFor(beginWrite(file, "new"), List.of(session), file);
    }
}
