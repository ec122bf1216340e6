package io.lockservice.server.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractCell;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the contract says of the copies that clients keep, sentence by sentence. */
final class CachingContractTest extends CachingTest {
    private static final int MOST_COPIES = 10_000;

    /** In one transaction. */
    private static final int MOST_OPERATIONS = 128;

    private static JsonObject cache(Object value) {
        return new JsonObject().put("cache", value);
    }

    // Sessions that keep copies

    @Test
    void aSessionSaysThatItKeepsCopies() {
        // "`POST /v1/sessions {"cache":true}`: the session may keep copies"
        String file = unique("said");
        write(file, "content");
        assertEquals("content", keeps(file(file), caching()).text());
        assertEquals("400 bad-request cache", opening(cache("true")).outcome());
    }

    @Test
    void itsLeaseIsAtMostAMinute() {
        // "its `leaseMs` is then at most 60,000 (else 400 `leaseMs`)"
        assertEquals(
                "400 bad-request leaseMs",
                opening(cache(true).put("leaseMs", 60_001)).outcome());
        assertEquals(201, opening(cache(false).put("leaseMs", 60_001)).status(), "others may have a longer one");
        String session = caching(60_000);
        assertEquals(60_000, get(session(session)).json().getLong("leaseMs"));
    }

    // Reads

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files", "/v1/nodes", "/v1/nodes?content=true", "/v1/nodes?children=true"})
    void everyReadOfANodeSaysWhetherACopyMayBeKept(String read) {
        // "`GET /v1/files/{name}?cache=true` and `GET /v1/nodes/{name}?cache=true` (also `children=true`,
        // `content=true`)"
        String node = unique("read");
        if (read.contains("children")) {
            send("PUT", node(node), "");
        } else {
            write(node, "");
        }
        assertEquals(200, keeps(target(read, node), caching()).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files", "/v1/nodes", "/v1/nodes?content=true", "/v1/nodes?children=true"})
    void absenceIsCachedToo(String read) {
        // "the reply, also a `404 no-such-node` (absence is cached too)"
        String node = unique("absent") + "/below";
        String session = caching();
        assertEquals("404 no-such-node", keeps(target(read, node), session).outcome());
        waitsFor(beginWrite(node, ""), List.of(session), node);
    }

    private static String target(String read, String component) {
        int query = read.indexOf('?');
        String path = query < 0 ? read : read.substring(0, query);
        return path + "/ls/local/" + component + (query < 0 ? "" : read.substring(query));
    }

    @Test
    void aReadThroughAHandleIsItsSessions() {
        // "also through `?handle=`"
        String file = unique("handle");
        write(file, "");
        String session = caching();
        String through = "?cache=true&handle=" + handle(file, session, "read");
        assertEquals("true", cacheable(get(file(file) + through)));
        assertEquals("true", cacheable(get(node(file) + through)));
        waitsFor(beginWrite(file, "new"), List.of(session), file);
    }

    @Test
    void aReplyWithoutABodySaysItToo() {
        // The header is the same where the content is not sent again.
        String file = unique("tag");
        String tag = send("PUT", file(file), "content").header("ETag");
        String session = caching();
        Answer unchanged = get(file(file) + "?cache=true", as(session), "If-None-Match: " + tag);
        assertEquals(304, unchanged.status());
        assertEquals("true", cacheable(unchanged));
        assertEquals("true", cacheable(send("HEAD", file(file) + "?cache=true", "", as(session))));
        waitsFor(beginWrite(file, "new"), List.of(session), file);
    }

    @Test
    void whoDoesNotAskIsNotToldAndNotWaitedFor() {
        String file = unique("asked");
        write(file, "");
        String session = caching();
        assertEquals("", cacheable(get(file(file), as(session))));
        assertEquals("", cacheable(get(file(file) + "?cache=false", as(session))));
        done(beginWrite(file, "new"));
        assertEquals(List.of(), toDrop(session));
    }

    @Test
    void aSessionThatWasNotOpenedForItKeepsNoCopies() {
        // "else `false` (session not opened with cache"
        String file = unique("plain");
        write(file, "");
        for (String session : List.of(open(), open("plain", 1_000))) {
            assertEquals("false", cacheable(read(file(file), session)));
            assertEquals("false", cacheable(read(node(unique("plain")), session)));
        }
        done(beginWrite(file, "new"));
    }

    @Test
    void aSessionThatIsClosingGetsNoMoreCopies() {
        // "it is closing"
        String file = unique("closing");
        write(file, "content");
        String session = caching();
        assertEquals(
                204, send("DELETE", session(session) + "?afterMs=60000", "").status());
        Answer read = read(file(file), session);
        assertEquals("false", cacheable(read));
        assertEquals("content", read.text());
    }

    @Test
    void nobodyGetsACopyOfWhatIsBeingChanged() {
        // "the node is being changed"; "reads meanwhile go on, not cacheable"
        String directory = unique("changing");
        String file = directory + "/file";
        write(file, "old");
        String session = caching();
        String other = caching();
        keeps(file(file), session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        for (String reader : List.of(session, other)) {
            Answer read = read(file(file), reader);
            assertEquals("old", read.text());
            assertEquals("false", cacheable(read));
            assertEquals("false", cacheable(read(node(directory) + "?children=true", reader)), "its stat is in it");
        }
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
        assertEquals(List.of(), toDrop(other), "it never had a copy");
        assertEquals("new", keeps(file(file), session).text());
    }

    @Test
    void aSessionKeepsTenThousandCopiesAtMost() {
        // "more than 10,000 copies of this session"; a list of children and the directory's own stat are two.
        String directory = unique("many");
        String session = caching();
        List<String> made = directories(directory, MOST_COPIES / 2);
        List<CompletableFuture<Answer>> underWay = new ArrayList<>();
        for (String each : made) {
            underWay.add(begin("GET", node(each) + "?children=true&cache=true", "", as(session)));
            if (underWay.size() == 50) {
                underWay.forEach(read -> assertEquals("true", cacheable(ContractCell.await(read))));
                underWay.clear();
            }
        }
        String absent = unique("absent");
        assertEquals("false", cacheable(read(node(absent), session)));
        assertEquals("true", cacheable(read(node(absent), caching())), "another has none yet");
        waitsFor(begin("DELETE", node(made.get(7)), "", PATIENTLY), List.of(session), made.get(7));
        keeps(node(absent), session);
    }

    /** As many directories in one. */
    private static List<String> directories(String above, int count) {
        send("PUT", node(above), "");
        List<String> made =
                IntStream.range(0, count).mapToObj(i -> above + "/" + i).toList();
        for (int from = 0; from < count; from += MOST_OPERATIONS) {
            JsonArray operations = new JsonArray();
            made.subList(from, Math.min(count, from + MOST_OPERATIONS))
                    .forEach(name ->
                            operations.add(new JsonObject().put("op", "mkdir").put("name", "/ls/local/" + name)));
            Answer done = send(
                    "POST", "/v1/txn", new JsonObject().put("then", operations).encode());
            assertEquals(200, done.status(), done.text());
        }
        return made;
    }

    @Test
    void onlyWhatIsThereOrNotThereIsCached() {
        // Other refusals depend on more than the node.
        String directory = unique("refused");
        write(directory + "/file", "");
        String session = caching();
        assertEquals("false", cacheable(read(file(directory), session)), "it is a directory");
        send("PUT", "/v1/acls/ls/local/" + directory, "{\"read\":\"nobody\"}");
        Answer denied = read(node(directory), session);
        assertEquals("403 permission-denied", denied.outcome());
        assertEquals("false", cacheable(denied));
    }

    @Test
    void aCopyIsOfThePresent() {
        // "`cache=true` with `consistency=stale` is 400 `cache`; without a session 428"
        String session = caching();
        for (String target : List.of(file(unique("x")), node(unique("x")))) {
            String stale = target + "?cache=true&consistency=stale";
            assertEquals("400 bad-request cache", get(stale, as(session)).outcome());
            assertEquals("428 session-required", get(target + "?cache=true").outcome());
            assertEquals(
                    "400 bad-request cache",
                    get(target + "?cache=maybe", as(session)).outcome());
        }
        String lock = lock(unique("x")) + "?cache=true";
        assertEquals("400 bad-request cache", get(lock, as(session)).outcome(), "only nodes are cached");
        assertEquals("410 session-expired", read(node(unique("x")), "s000").outcome());
    }

    // Changes

    @Test
    void aSessionIsToldBeforeWhatItHasACopyOfChanges() {
        // "it is told with `{"seq","type":"invalidate","name"}` in its keep-alives"
        String file = unique("told");
        write(file, "old");
        String session = caching();
        keeps(file(file), session);
        String keepAlive = session(session) + "/keepalive";
        CompletableFuture<Answer> blocked = begin("POST", keepAlive, "{\"ack\":0,\"waitMs\":60000}");
        CompletableFuture<Answer> write = beginWrite(file, "new");
        List<JsonObject> events = besideLeaders(ContractCell.await(blocked).list("events"));
        assertEquals(1, events.size(), events.toString());
        assertEquals(Set.of("seq", "type", "name"), events.get(0).fieldNames());
        assertEquals("invalidate", events.get(0).getString("type"));
        assertEquals(printed(file), events.get(0).getString("name"));
        assertEquals("old", get(file(file)).text());
        assertFalse(write.isDone());
        takesIn(session);
        done(write);
        assertEquals("new", get(file(file)).text());
    }

    @Test
    void aWriteWaitsForEverySessionThatHasACopy() {
        // "the write waits until every such session has acknowledged (`ack`)"
        String file = unique("every");
        write(file, "old");
        List<String> sessions = List.of(caching(), caching(), caching());
        keeps(file(file), sessions.get(0));
        keeps(node(file), sessions.get(1));
        keeps(node(file) + "?content=true", sessions.get(2));
        waitsFor(beginWrite(file, "new"), sessions, file);
    }

    @Test
    void aWriteWaitsNoLongerThanALease() {
        // "or its lease is over"
        String file = unique("gone");
        write(file, "old");
        long openedNanos = System.nanoTime();
        keeps(file(file), caching(1_000));
        done(beginWrite(file, "new"));
        assertElapsed(1_000, openedNanos);
        assertEquals("new", get(file(file)).text());
    }

    @Test
    void aSessionThatItsClientClosesIsNotWaitedFor() {
        String file = unique("ends");
        write(file, "old");
        String session = caching();
        keeps(file(file), session);
        CompletableFuture<Answer> write = beginWrite(file, "new");
        isToldToDrop(session, file);
        assertEquals(204, send("DELETE", session(session), "", as(session)).status());
        done(write);
    }

    @Test
    void copiesOfOtherNodesAreLeftAlone() {
        String file = unique("one");
        String other = unique("one");
        write(file, "");
        write(other, "");
        String session = caching();
        keeps(file(file), session);
        done(beginWrite(other, "new"));
        assertEquals(List.of(), toDrop(session));
    }

    @Test
    void writesThatWaitForTheSameCopiesTellOnce() {
        String file = unique("twice");
        write(file, "old");
        String session = caching();
        keeps(file(file), session);
        CompletableFuture<Answer> first = beginWrite(file, "new");
        isToldToDrop(session, file);
        CompletableFuture<Answer> second = beginWrite(file, "newer");
        CompletableFuture<Answer> third = begin("DELETE", lock(file) + "?force=true", "", PATIENTLY);
        isToldToDrop(session, file);
        assertFalse(first.isDone() || second.isDone() || third.isDone());
        takesIn(session);
        done(first);
        done(second);
        ContractCell.await(third);
        assertEquals(List.of(), toDrop(session));
    }

    // Who writes

    @Test
    void whoeverWritesDropsItsOwnCopiesItself() {
        // "Whoever writes drops its own copies itself (of the node and of the directories above it) and is not waited
        // for"
        String directory = unique("own");
        String file = directory + "/file";
        write(directory + "/before", "");
        String writer = caching();
        keeps(file(file), writer);
        keeps(node(directory), writer);
        keeps(node(directory) + "?children=true", writer);
        assertEquals(201, send("PUT", file(file), "1", as(writer)).status());
        keeps(file(file), writer);
        String through = "?handle=" + handle(file, writer, "write");
        assertEquals(200, send("PUT", file(file) + through, "2").status());
        assertEquals(List.of(), toDrop(writer));
    }

    @Test
    void aWriteThatNamesNoSessionIsNobodys() {
        // By whichever client: only the session that is named drops what it has by itself.
        String file = unique("own");
        write(file, "old");
        String session = caching();
        keeps(file(file), session);
        waitsFor(begin("PUT", file(file), "new", PATIENTLY), List.of(session), file);
    }

    @Test
    void whoeverWritesWaitsForTheOthers() {
        String file = unique("others");
        write(file, "old");
        String writer = caching();
        String other = caching();
        keeps(file(file), writer);
        keeps(file(file), other);
        CompletableFuture<Answer> write = begin("PUT", file(file), "new", as(writer), PATIENTLY);
        waitsFor(write, List.of(other), file);
        assertEquals(List.of(), toDrop(writer));
    }

    // A new leader

    @Test
    void aNewLeaderLetsWritesWaitUntilEveryCachingSessionKnows() {
        // "A new leader lets writes wait until every caching session has acknowledged its `leader-changed`"
        String file = unique("led");
        write(file, "old");
        List<String> sessions = List.of(caching(), caching());
        keeps(file(file), sessions.get(0));
        moveLeader();
        CompletableFuture<Answer> write = beginWrite(file, "new");
        CompletableFuture<Answer> elsewhere = beginWrite(unique("led"), "new");
        for (String session : sessions) {
            until(
                    "it is told",
                    () -> told(session).stream()
                            .anyMatch(event -> event.getString("type").equals("leader-changed")));
            assertEquals("old", get(file(file)).text(), "reads go on");
            assertFalse(write.isDone() || elsewhere.isDone());
            takesIn(session);
        }
        done(write);
        done(elsewhere);
        assertEquals(List.of(), toDrop(sessions.get(0)), "it has dropped everything");
    }

    @Test
    void aNewLeaderWaitsNoLongerThanALease() {
        // "or its lease is over"
        String file = unique("led");
        write(file, "old");
        long openedNanos = System.nanoTime();
        caching(1_000);
        moveLeader();
        done(beginWrite(file, "new"));
        assertElapsed(1_000, openedNanos);
    }

    @Test
    void aNewLeaderWaitsForNobodyWhoKeepsNoCopies() {
        String silent = open();
        moveLeader();
        done(beginWrite(unique("led"), "new"));
        assertEquals(200, get(session(silent)).status());
    }
}
