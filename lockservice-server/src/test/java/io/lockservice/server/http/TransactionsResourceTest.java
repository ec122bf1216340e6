package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Request.Guard;
import io.lockservice.api.Sequencer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransactionsResourceTest extends ResourceTest {
    private static final String SESSION = "Lockservice-Session: s1";
    private static final Name A = Name.parse("/ls/paris/a", "paris");

    @Test
    void guardsAndOperationsAreWhatTheApiSays() {
        replica.answer(call -> new Reply.Transacted(true, List.of(new Reply.Done(), new Reply.Released(false))));
        String body = """
                {"guards":[{"name":"/ls/local/a","exists":false},{"name":"/ls/paris/a","instance":3},
                {"name":"/ls/local/a","contentGeneration":4,"instance":3},{"sequencer":"x-1-2-3:/ls/paris/a"},
                {"session":"s9"},{"epoch":7}],
                "then":[{"op":"write","name":"/ls/local/a","content":"h\u00e9"},
                {"op":"write","name":"/ls/local/a","contentBase64":"AAE=","ephemeral":true},
                {"op":"mkdir","name":"/ls/local/a"},{"op":"read","name":"/ls/local/a"},
                {"op":"acquire","name":"/ls/local/a","mode":"shared"},{"op":"acquire","name":"/ls/local/a"}],
                "else":[{"op":"delete","name":"/ls/local/a"},{"op":"release","name":"/ls/local/a"}]}""";
        Wire.Response response = door.send("POST", "/v1/txn", body, SESSION);
        assertEquals(200, response.status(), response.text());
        assertEquals("{\"succeeded\":true,\"results\":[{},{\"released\":true}]}", response.text());
        Request.Transaction asked = assertInstanceOf(
                Request.Transaction.class, replica.next().call().request());
        assertEquals(
                List.of(
                        new Guard.Exists(A, false),
                        new Guard.Version(A, 3L, null),
                        new Guard.Version(A, 3L, 4L),
                        new Guard.Valid(new Sequencer("/ls/paris/a", LockMode.EXCLUSIVE, 1, 2, 3)),
                        new Guard.Alive("s9"),
                        new Guard.Epoch(7)),
                asked.guards());
        assertEquals(
                List.of(
                        write("h\u00e9".getBytes(StandardCharsets.UTF_8), false),
                        write(new byte[] {0, 1}, true),
                        new Request.MakeDirectory(A, false, false),
                        new Request.GetStat(A, true),
                        acquire(LockMode.SHARED),
                        acquire(LockMode.EXCLUSIVE)),
                asked.then());
        assertEquals(
                List.of(new Request.DeleteNode(A, false, Condition.NONE), new Request.Release(A)), asked.otherwise());
    }

    private static Request write(byte[] content, boolean ephemeral) {
        return new Request.WriteFile(A, new Content(content), Condition.NONE, false, ephemeral);
    }

    private static Request acquire(LockMode mode) {
        return new Request.Acquire(A, mode, 0, false, LockCreation.EPHEMERAL, "");
    }

    @Test
    void anOperationThatCannotBeDoneIsNamed() {
        Problem problem =
                new Problem(ProblemCode.LOCK_HELD, "no", new Problem.InOperation(1, new Problem.Held(List.of(), 2)));
        replica.answer(call -> new Reply.Failed(problem));
        Wire.Response response = door.send("POST", "/v1/txn", "{}");
        assertEquals(409, response.status());
        assertEquals(1, response.json().getInteger("index"));
        assertEquals(2, response.json().getInteger("waiters"));
    }

    @Test
    void whatIsAskedWronglyIsSaidWithItsPath() {
        refused(
                "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/a\"},{\"op\":\"jump\",\"name\":\"x\"}]}",
                "then[1].op");
        refused("{\"then\":[{\"op\":\"read\"}]}", "then[0].name");
        refused("{\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/a\",\"mode\":\"shared\"}]}", "then[0].mode");
        refused("{\"else\":[{\"op\":\"write\",\"name\":\"/ls/local/a\"}]}", "else[0].content");
        refused(
                "{\"else\":[{\"op\":\"write\",\"name\":\"/ls/local/a\",\"content\":\"\",\"contentBase64\":\"\"}]}",
                "else[0].content");
        refused(
                "{\"else\":[{\"op\":\"write\",\"name\":\"/ls/local/a\",\"contentBase64\":\"?\"}]}",
                "else[0].contentBase64");
        refused("{\"guards\":[{}]}", "guards[0].name");
        refused("{\"guards\":[{\"name\":\"/ls/local/a\"}]}", "guards[0].exists");
        refused("{\"guards\":[{\"name\":\"/ls/local/a\",\"exists\":1}]}", "guards[0].exists");
        refused("{\"guards\":[{\"epoch\":-1}]}", "guards[0].epoch");
        refused("{\"guards\":[{\"sequencer\":\"x\"}]}", "guards[0].sequencer");
        refused("{\"guards\":[{\"epoch\":1,\"session\":\"s\"}]}", "guards[0].epoch");
        refused("{\"guards\":{}}", "guards");
        refused("{\"then\":[1]}", "then[0]");
        refused("{\"when\":[]}", "when");
        String one = "{\"epoch\":1}";
        String many = "[" + (one + ",").repeat(127) + one + "]";
        refused("{\"guards\":" + many + ",\"then\":[{\"op\":\"read\",\"name\":\"/ls/local/a\"}]}", "then");
        assertEquals(
                421,
                door.send("POST", "/v1/txn", "{\"then\":[{\"op\":\"read\",\"name\":\"/ls/rome/a\"}]}")
                        .status());
        assertEquals(
                428,
                door.send("POST", "/v1/txn", "{\"else\":[{\"op\":\"release\",\"name\":\"/ls/local/a\"}]}")
                        .status());
        assertEquals(405, door.get("/v1/txn").status());
        assertEquals(404, door.send("POST", "/v1/txn/x", "{}").status());
        assertEquals(0, replica.calls());
    }

    private void refused(String body, String field) {
        Wire.Response response = door.send("POST", "/v1/txn", body);
        assertEquals(400, response.status(), body);
        assertEquals(field, response.json().getString("field"), body);
    }
}
