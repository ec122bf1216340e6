package io.lockservice.server.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Section 4 of the contract: transactions. */
final class TransactionContractTest extends ContractTest {
    private static final int MOST = 128;

    private static JsonObject op(String op, String component) {
        return new JsonObject().put("op", op).put("name", "/ls/local/" + component);
    }

    private static JsonObject writing(String component, String content) {
        return op("write", component).put("content", content);
    }

    private static JsonObject on(String component) {
        return new JsonObject().put("name", "/ls/local/" + component);
    }

    private static Answer transact(
            List<JsonObject> guards, List<JsonObject> then, List<JsonObject> otherwise, String... headers) {
        JsonObject body = new JsonObject()
                .put("guards", new JsonArray(guards))
                .put("then", new JsonArray(then))
                .put("else", new JsonArray(otherwise));
        return send("POST", "/v1/txn", body.encode(), headers);
    }

    private static JsonObject done(Answer answer) {
        assertEquals(200, answer.status(), answer.text());
        assertEquals(Set.of("succeeded", "results"), answer.json().fieldNames());
        return answer.json();
    }

    private static boolean holds(JsonObject guard) {
        return done(transact(List.of(guard), List.of(), List.of())).getBoolean("succeeded");
    }

    @Test
    void allGuardsHoldingChooseThen() {
        // `POST /v1/txn` {"guards":[...],"then":[...],"else":[...]}; {"succeeded":bool,"results":[...]}
        String there = unique("there");
        String nowhere = unique("nowhere");
        write(there, "");
        JsonObject exists = on(there).put("exists", true);
        JsonObject missing = on(nowhere).put("exists", false);
        JsonObject wrong = on(nowhere).put("exists", true);
        List<JsonObject> then = List.of(writing(there, "then"));
        List<JsonObject> otherwise = List.of(writing(there, "else"));

        assertEquals(
                true, done(transact(List.of(exists, missing), then, otherwise)).getBoolean("succeeded"));
        assertEquals("then", get(file(there)).text());
        assertEquals(
                false, done(transact(List.of(exists, wrong), then, otherwise)).getBoolean("succeeded"));
        assertEquals("else", get(file(there)).text());
        assertEquals(
                true, done(transact(List.of(), then, otherwise)).getBoolean("succeeded"), "no guard is against it");
    }

    @Test
    void nothingHasToBeDone() {
        assertEquals(
                "{\"succeeded\":true,\"results\":[]}",
                send("POST", "/v1/txn", "{}").text());
    }

    @Test
    void aGuardMayInsistOnAVersion() {
        // {"name","instance"?,"contentGeneration"?}
        String file = unique("version");
        write(file, "1");
        JsonObject stat = write(file, "2");
        long instance = stat.getLong("instance");
        assertTrue(holds(on(file).put("instance", instance).put("contentGeneration", 2)));
        assertTrue(holds(on(file).put("instance", instance)));
        assertTrue(holds(on(file).put("contentGeneration", 2)));
        assertFalse(holds(on(file).put("contentGeneration", 1)));
        assertFalse(holds(on(file).put("instance", instance + 1).put("contentGeneration", 2)));
        assertFalse(holds(on(unique("nowhere")).put("contentGeneration", 0)));
    }

    @Test
    void aGuardMayInsistOnASequencerASessionOrAnEpoch() {
        // {"sequencer"}, {"session"}, {"epoch"}
        String lock = unique("guard");
        String session = open();
        JsonObject sequencer =
                new JsonObject().put("sequencer", granted(lock, session, "").getString("sequencer"));
        JsonObject alive = new JsonObject().put("session", session);
        long epoch = get("/v1/cell").json().getLong("epoch");
        assertTrue(holds(sequencer));
        assertTrue(holds(alive));
        assertTrue(holds(new JsonObject().put("epoch", epoch)));
        assertFalse(holds(new JsonObject().put("epoch", epoch + 1)));
        assertFalse(holds(new JsonObject().put("session", "s-never-was")));
        send("DELETE", session(session), "");
        assertFalse(holds(sequencer));
        assertFalse(holds(alive));
    }

    @Test
    void everyOperationHasItsResult() {
        // "{"stat"} for write and mkdir, {"stat","content"|"contentBase64"} for read, the grant for acquire,
        // {"released":true}, {} for delete"
        String directory = unique("results");
        String session = open();
        List<JsonObject> operations = List.of(
                op("mkdir", directory),
                writing(directory + "/text", "h\u00e9llo"),
                op("write", directory + "/bytes").put("contentBase64", "/wA="),
                op("read", directory + "/text"),
                op("read", directory + "/bytes"),
                op("acquire", directory + "/lock"),
                op("acquire", directory + "/text").put("mode", "shared"),
                op("release", directory + "/lock"),
                op("delete", directory + "/bytes"));

        Answer answer = transact(List.of(), operations, List.of(), as(session));

        List<JsonObject> results = Answer.objects(done(answer).getJsonArray("results"));
        assertEquals(new JsonObject().put("stat", results.get(0).getJsonObject("stat")), results.get(0));
        assertEquals(printed(directory), results.get(0).getJsonObject("stat").getString("name"));
        assertEquals("directory", results.get(0).getJsonObject("stat").getString("kind"));
        assertEquals(Set.of("stat"), results.get(1).fieldNames());
        assertEquals(6, results.get(1).getJsonObject("stat").getLong("length"));
        assertEquals("h\u00e9llo", results.get(3).getString("content"));
        assertEquals(results.get(1).getJsonObject("stat"), results.get(3).getJsonObject("stat"));
        assertEquals("/wA=", results.get(4).getString("contentBase64"));
        assertEquals("exclusive", results.get(5).getString("mode"));
        assertEquals(session, results.get(5).getString("session"));
        assertTrue(results.get(5).getLong("token") < results.get(6).getLong("token"), answer.text());
        assertEquals("shared", results.get(6).getString("mode"));
        JsonObject again = granted(directory + "/text", session, "{\"mode\":\"shared\"}");
        again.remove("leaseRemainingMs");
        results.get(6).remove("leaseRemainingMs");
        assertEquals(again, results.get(6), "the grant");
        assertEquals(new JsonObject().put("released", true), results.get(7));
        assertEquals(new JsonObject(), results.get(8));
    }

    @Test
    void allIsAppliedAsOne() {
        // "applied as one"; section 1: "One applied change, however many nodes it touches, is one revision."
        String directory = unique("one");
        long before = write(directory + "/a", "").getLong("modifiedRevision");
        Answer answer = transact(
                List.of(),
                List.of(writing(directory + "/a", "1"), writing(directory + "/b", "2"), writing(directory + "/a", "3")),
                List.of());
        done(answer);
        assertEquals(before + 1, answer.revision());
        assertEquals(before + 1, stat(directory + "/a").getLong("modifiedRevision"));
        assertEquals(before + 1, stat(directory + "/b").getLong("createdRevision"));
        assertEquals("3", get(file(directory + "/a")).text());
        assertEquals(3, stat(directory + "/a").getLong("contentGeneration"), "every accepted write adds one");
    }

    @Test
    void aNodeThatIsMadeAnewInOneTransactionIsAnotherNode() {
        // "`instance` is larger than that of any earlier node of the same name", also of one of the same transaction
        String file = unique("anew");
        long first = write(file, "1").getLong("instance");
        String handle = handle(file, open(), "read");
        List<JsonObject> twice =
                List.of(op("delete", file), writing(file, "2"), op("delete", file), writing(file, "3"));
        List<JsonObject> results =
                Answer.objects(done(transact(List.of(), twice, List.of())).getJsonArray("results"));
        long second = results.get(1).getJsonObject("stat").getLong("instance");
        long third = results.get(3).getJsonObject("stat").getLong("instance");
        assertTrue(first < second && second < third, first + ", " + second + ", " + third);
        assertEquals(third, stat(file).getLong("instance"));
        assertEquals(
                "404 no-such-node", through(handle, "GET files", file).outcome(), "and not the one that was opened");
    }

    @Test
    void anOperationThatCannotBeDoneUndoesAll() {
        // "An operation that cannot be done undoes all: its problem, with `index`."
        String directory = unique("undone");
        JsonObject before = write(directory + "/a", "before");
        String session = open();
        List<JsonObject> operations = List.of(
                writing(directory + "/a", "after"),
                writing(directory + "/b", ""),
                op("acquire", directory + "/a"),
                op("delete", directory + "/nowhere"),
                writing(directory + "/c", ""));

        Answer refused = transact(List.of(), operations, List.of(), as(session));

        assertEquals("404 no-such-node", refused.outcome());
        assertEquals(3, refused.json().getInteger("index"));
        assertEquals(before, stat(directory + "/a"));
        assertEquals("before", get(file(directory + "/a")).text());
        assertEquals("404 no-such-node", get(node(directory + "/b")).outcome());
        assertEquals("free", get(lock(directory + "/a")).json().getString("mode"));
    }

    @Test
    void theIndexCountsInTheBranchThatWasChosen() {
        String file = unique("branch");
        JsonObject wrong = on(file).put("exists", true);
        Answer refused =
                transact(List.of(wrong), List.of(op("delete", file)), List.of(writing(file, ""), op("mkdir", file)));
        assertEquals("409 node-exists", refused.outcome());
        assertEquals(1, refused.json().getInteger("index"));
    }

    @Test
    void acquiringNeverWaits() {
        // "{"op":"acquire","name","mode"?} (never waits)"
        String free = unique("free");
        String held = unique("held");
        String holder = open();
        granted(held, holder, "");
        Answer refused = transact(List.of(), List.of(op("acquire", free), op("acquire", held)), List.of(), as(open()));
        assertEquals("409 lock-held", refused.outcome());
        assertEquals(1, refused.json().getInteger("index"));
        assertEquals(List.of(holder), refused.texts("holders", "session"));
        assertEquals("404 no-such-node", get(lock(free)).outcome(), "all or none");
        assertEquals(List.of(), get(lock(held)).list("waiters"));
    }

    @Test
    void aContentIsAsLargeAsInAFileAtMost() {
        // "at most 256 KiB by default"
        String file = unique("large");
        int most = 256 * 1024;
        done(transact(List.of(), List.of(writing(file, "x".repeat(most))), List.of()));
        Answer refused = transact(List.of(), List.of(op("read", file), writing(file, "x".repeat(most + 1))), List.of());
        assertEquals("413 content-too-large", refused.outcome());
        assertEquals(1, refused.json().getInteger("index"));
        assertEquals(most, refused.json().getInteger("limit"));
    }

    @Test
    void whatIsNotHeldIsNotReleased() {
        String lock = unique("not-held");
        write(lock, "");
        assertEquals(
                "409 not-held",
                transact(List.of(), List.of(op("release", lock)), List.of(), as(open()))
                        .outcome());
    }

    @Test
    void anEphemeralFileAndALockNeedASession() {
        // "ephemeral"? of write; 428 `session-required`, 410 `session-expired`
        String file = unique("ephemeral");
        JsonObject ephemeral = writing(file, "").put("ephemeral", true);
        for (JsonObject operation : List.of(ephemeral, op("acquire", file), op("release", file))) {
            assertEquals(
                    "428 session-required",
                    transact(List.of(), List.of(operation), List.of()).outcome());
            assertEquals(
                    "410 session-expired",
                    transact(List.of(), List.of(operation), List.of(), as("s-never-was"))
                            .outcome());
        }
        String session = open();
        done(transact(List.of(), List.of(ephemeral), List.of(), as(session)));
        assertEquals(session, stat(file).getString("owner"));
        send("DELETE", session(session), "");
        assertEquals(404, get(node(file)).status());
    }

    @Test
    void guardsAndBothBranchesAreCountedTogether() {
        // "at most 128 operations"; "The 128 count guards and both branches."
        String file = unique("many");
        write(file, "");
        List<JsonObject> guards = Collections.nCopies(40, on(file).put("exists", true));
        List<JsonObject> then = Collections.nCopies(44, op("read", file));
        List<JsonObject> otherwise = Collections.nCopies(44, op("delete", file));
        assertEquals(MOST, guards.size() + then.size() + otherwise.size());
        assertEquals(
                44,
                done(transact(guards, then, otherwise)).getJsonArray("results").size());
        assertEquals(
                "400 bad-request then",
                transact(guards, then, Collections.nCopies(45, op("delete", file)))
                        .outcome());
        assertEquals(
                MOST,
                done(transact(List.of(), Collections.nCopies(MOST, op("read", file)), List.of()))
                        .getJsonArray("results")
                        .size());
        assertEquals(
                "400 bad-request then",
                transact(List.of(), Collections.nCopies(MOST + 1, op("read", file)), List.of())
                        .outcome());
        assertEquals(200, get(file(file)).status());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"when\":[]}|400 bad-request when",
                "{\"then\":{}}|400 bad-request then",
                "{\"then\":[1]}|400 bad-request then[0]",
                "{\"then\":[{\"name\":\"/ls/local/a\"}]}|400 bad-request then[0].op",
                "{\"then\":[{\"op\":\"link\",\"name\":\"/ls/local/a\"}]}|400 bad-request then[0].op",
                "{\"else\":[{\"op\":\"read\"}]}|400 bad-request else[0].name",
                "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/a\",\"mode\":\"shared\"}]}|400 bad-request then[0].mode",
                "{\"then\":[{\"op\":\"write\",\"name\":\"/ls/local/a\"}]}|400 bad-request then[0].content",
                "{\"then\":[{\"op\":\"write\",\"name\":\"/ls/local/a\",\"content\":\"\",\"contentBase64\":\"\"}]}"
                        + "|400 bad-request then[0].content",
                "{\"then\":[{\"op\":\"write\",\"name\":\"/ls/local/a\",\"contentBase64\":\"*\"}]}"
                        + "|400 bad-request then[0].contentBase64",
                "{\"then\":[{\"op\":\"acquire\",\"name\":\"/ls/local/a\",\"mode\":\"x\"}]}|400 bad-request then[0].mode",
                "{\"then\":[{\"op\":\"acquire\",\"name\":\"/ls/local/a\",\"waitMs\":1}]}|400 bad-request then[0].waitMs",
                "{\"guards\":[{}]}|400 bad-request guards[0].name",
                "{\"guards\":[{\"name\":\"/ls/local/a\",\"exists\":1}]}|400 bad-request guards[0].exists",
                "{\"guards\":[{\"name\":\"/ls/local/a\",\"instance\":\"1\"}]}|400 bad-request guards[0].instance",
                "{\"guards\":[{\"epoch\":-1}]}|400 bad-request guards[0].epoch",
                "{\"guards\":[{\"epoch\":1,\"session\":\"s\"}]}|400 bad-request guards[0].epoch",
                "{\"guards\":[{\"sequencer\":\"mine\"}]}|400 bad-request guards[0].sequencer",
                "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/a/../b\"}]}|400 bad-name",
                "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/london/a\"}]}|421 wrong-cell",
            })
    void whatIsWrongInATransactionIsNamedByItsPath(String body, String outcome) {
        // Section 1: "`field` naming it (a path such as `then[2].name`)"
        assertEquals(outcome, send("POST", "/v1/txn", body, as(open())).outcome());
    }
}
