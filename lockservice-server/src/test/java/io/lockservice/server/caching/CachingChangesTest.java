package io.lockservice.server.caching;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.lockservice.server.contract.Answer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whatever changes what can be read of a node waits for those who have a copy of it: "before what a session has a copy of changes". */
final class CachingChangesTest extends CachingTest {
    private static final JsonObject EPHEMERAL = new JsonObject().put("create", new JsonObject().put("ephemeral", true));

    /** A change waits for the only one that has a copy, and is told so under the name of what it has. */
    private static void waits(String session, String component, String method, String target, String... headers) {
        waits(session, component, method, target, "", headers);
    }

    private static Answer waits(
            String session, String component, String method, String target, String body, String[] headers) {
        String[] all = List.of(headers).toArray(new String[headers.length + 1]);
        all[headers.length] = PATIENTLY;
        CompletableFuture<Answer> change = begin(method, target, body, all);
        isToldToDrop(session, component);
        assertFalse(change.isDone());
        takesIn(session);
        return done(change);
    }

    private static String[] nobody() {
        return new String[0];
    }

    @Test
    void deleting() {
        String file = unique("deleted");
        write(file, "");
        String session = caching();
        keeps(file(file), session);
        waits(session, file, "DELETE", node(file));
        assertEquals("404 no-such-node", keeps(file(file), session).outcome());
    }

    @Test
    void deletingAllAbove() {
        String directory = unique("deleted");
        write(directory + "/a/file", "");
        String session = caching();
        keeps(file(directory + "/a/file"), session);
        waits(session, directory + "/a/file", "DELETE", node(directory) + "?recursive=true");
    }

    @Test
    void makingADirectory() {
        String directory = unique("made");
        String session = caching();
        keeps(node(directory), session);
        waits(session, directory, "PUT", node(directory));
        assertEquals("directory", keeps(node(directory), session).json().getString("kind"));
    }

    @Test
    void makingADirectoryOnTheWay() {
        String directory = unique("made");
        String session = caching();
        keeps(node(directory), session);
        waits(session, directory, "PUT", file(directory + "/a/file") + "?parents=true");
    }

    @Test
    void namingOtherAcls() {
        String file = unique("acl");
        write(file, "");
        String session = caching();
        keeps(node(file), session);
        waits(session, file, "PUT", "/v1/acls/ls/local/" + file, "{}", nobody());
    }

    @Test
    void acquiringAndReleasing() {
        String file = unique("lock");
        write(file, "");
        String session = caching();
        String holder = open();
        keeps(node(file), session);
        waits(session, file, "PUT", lock(file), as(holder));
        assertEquals(1, keeps(node(file), session).json().getLong("lockGeneration"));
        String waiter = open();
        CompletableFuture<Answer> waiting = begin("PUT", lock(file), "{\"waitMs\":30000}", as(waiter));
        // Who only waits changes nothing that can be read of the node: the copy stays.
        until("it waits", () -> get(lock(file)).list("waiters").size() == 1);
        waits(session, file, "DELETE", lock(file), as(holder));
        done(waiting);
        assertEquals(2, keeps(node(file), session).json().getLong("lockGeneration"));
        waits(session, file, "DELETE", lock(file) + "?force=true");
    }

    @Test
    void transactions() {
        String read = unique("read");
        String written = unique("written");
        write(read, "");
        write(written, "");
        String session = caching();
        keeps(file(read), session);
        keeps(file(written), session);
        String body = "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/" + read
                + "\"},{\"op\":\"write\",\"name\":\"/ls/local/" + written + "\",\"content\":\"new\"}]}";
        waits(session, written, "POST", "/v1/txn", body, nobody());
        assertEquals("new", keeps(file(written), session).text());
    }

    @Test
    void openingWithWhatMakesTheNode() {
        String file = unique("opened");
        String session = caching();
        keeps(file(file), session);
        String other = open();
        assertEquals("404 no-such-node", opening(file, other, new JsonObject()).outcome(), "looking is no change");
        String body = "{\"name\":\"/ls/local/" + file + "\",\"create\":{}}";
        waits(session, file, "POST", "/v1/handles", body, new String[] {as(other)});
        keeps(file(file), session);
        handle(file, other, "read");
        assertEquals(List.of(), toDrop(session), "it is there");
    }

    @Test
    void closingTheLastHandleOfAnEphemeralFile() {
        String file = unique("ephemeral");
        String creator = open();
        handle(file, creator, EPHEMERAL);
        String last = handle(file, open(), "read");
        send("DELETE", session(creator), "");
        String session = caching();
        keeps(file(file), session);
        waits(session, file, "DELETE", "/v1/handles/" + last);
        assertEquals("404 no-such-node", keeps(file(file), session).outcome());
    }

    @Test
    void closingASession() {
        String file = unique("ephemeral");
        String owner = open();
        handle(file, owner, EPHEMERAL);
        String session = caching();
        keeps(file(file), session);
        waits(session, file, "DELETE", session(owner));
        assertEquals("404 no-such-node", keeps(file(file), session).outcome());
    }

    @Test
    void theEndOfASessionThatIsGone() {
        // Its locks and ephemeral nodes stay until nobody has a copy of them.
        String file = unique("ephemeral");
        String owner = open("owner", 1_000);
        handle(file, owner, EPHEMERAL);
        String session = caching();
        keeps(file(file), session);
        isToldToDrop(session, file);
        assertEquals(200, get(session(owner)).status(), "it lives on");
        assertEquals("false", cacheable(read(file(file), session)));
        takesIn(session);
        untilEnded(owner);
        assertEquals("404 no-such-node", get(file(file)).outcome());
    }

    @Test
    void whatHappensToTheChildrenOfADirectory() {
        // A listing has their stats in it.
        String directory = unique("listed");
        send("PUT", node(directory), "");
        String session = caching();
        String list = node(directory) + "?children=true";
        keeps(list, session);
        waits(session, directory, "PUT", file(directory + "/file"));
        keeps(list, session);
        waits(session, directory, "PUT", file(directory + "/file"), "new", nobody());
        keeps(list, session);
        String holder = open();
        waits(session, directory, "PUT", lock(directory + "/file"), as(holder));
        keeps(list, session);
        waits(session, directory, "DELETE", node(directory + "/file"));
    }

    @Test
    void childrenThatComeAndGoButNotWhatTheyContain() {
        // The directory's own stat counts its children and knows nothing else of them.
        String directory = unique("counted");
        send("PUT", node(directory), "");
        String session = caching();
        keeps(node(directory), session);
        waits(session, directory, "PUT", file(directory + "/file"));
        keeps(node(directory), session);
        done(beginWrite(directory + "/file", "new"));
        assertEquals(List.of(), toDrop(session));
        waits(session, directory, "DELETE", node(directory + "/file"));
    }

    @Test
    void anEphemeralLockComesAndGoes() {
        String lock = unique("lock");
        String session = caching();
        keeps(node(lock), session);
        String holder = open();
        waits(session, lock, "PUT", lock(lock), as(holder));
        keeps(node(lock), session);
        waits(session, lock, "DELETE", lock(lock), as(holder));
        assertEquals("404 no-such-node", keeps(node(lock), session).outcome());
    }
}
