package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Content;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.channel.ChannelClient;
import io.lockservice.server.channel.WebSocketWire;
import io.lockservice.server.http.HttpSettings.Limits;
import io.lockservice.server.http.channel.ChannelSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client may use up on one channel. */
@Timeout(60)
final class ChannelBoundsTest {
    private static final int WINDOW_BYTES = 64 << 10;
    private static final int CONTENT_BYTES = 30_000;
    private static final int MAX_WAITING_BYTES = 100_000;
    private static final int FLOOD = 100_000;
    private static final Reply KEPT = new Reply.KeptAlive(1, 1, List.of());

    private final DoorFixture door =
            new DoorFixture(Limits.DEFAULT, new ChannelSettings(WINDOW_BYTES, 4, MAX_WAITING_BYTES, 15_000, 30_000));
    private final ScriptedReplica replica = door.replica;
    private ChannelClient channel;

    @BeforeEach
    void openChannel() {
        channel = new ChannelClient(door.url());
    }

    @AfterEach
    void close() {
        channel.close();
        door.close();
    }

    private void answerWithFiles() {
        replica.answer(call -> call.request() instanceof Request.KeepAlive
                ? KEPT
                : new Reply.Node(
                        ResourceTest.file("/ls/paris/x", CONTENT_BYTES), new Content(new byte[CONTENT_BYTES])));
    }

    private long read() {
        return channel.begin("GET", "/v1/files/ls/local/x", null);
    }

    @Test
    void moreThanSoManyRequestsAreRefusedAtOnce() {
        replica.keepSilent();
        List<Long> waiting = new ArrayList<>();
        List<ScriptedReplica.Asked> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            waiting.add(channel.begin("GET", "/v1/cell", null));
            asked.add(replica.next());
        }
        ChannelClient.Reply refused = channel.get("/v1/cell");
        assertEquals("503 overloaded", refused.outcome());
        assertEquals("1", refused.headers().getString("Retry-After"));
        assertEquals(4, replica.calls(), "nothing was done");

        long keptAlive = channel.beginKeepAlive("s1");
        replica.next().answer().accept(ScriptedReplica.answer(KEPT));
        assertEquals(200, channel.reply(keptAlive).status());

        asked.forEach(each -> each.answer()
                .accept(ScriptedReplica.answer(new Reply.Failed(io.lockservice.api.Problem.badField("x", "no")))));
        channel.replies(waiting).forEach(reply -> assertEquals(400, reply.status()));
        replica.answer(call -> new Reply.Failed(io.lockservice.api.Problem.badField("x", "no")));
        assertEquals(400, channel.get("/v1/cell").status(), "there is room again");
    }

    @Test
    void aClientThatTakesNothingIsRefusedAndThenDone() {
        answerWithFiles();
        channel.keepWindow();
        List<Long> reads = new ArrayList<>();
        // The window takes one, and what may wait two or three.
        for (int i = 0; i < 10; i++) {
            reads.add(read());
        }
        channel.keepAlive("s1");
        assertTrue(channel.notGivenBack() <= WINDOW_BYTES);
        int done = replica.calls();
        assertTrue(done < 8, "the rest was not done: " + done);

        channel.giveBack();
        List<String> outcomes = channel.replies(reads).stream()
                .map(ChannelClient.Reply::outcome)
                .toList();
        assertEquals(done - 1, outcomes.stream().filter("200"::equals).count());
        assertEquals(
                reads.size() - done + 1,
                outcomes.stream().filter("503 overloaded"::equals).count());
    }

    @Test
    void aLargeReplyIsNotKeptForAClientThatTakesNothing() {
        replica.keepSilent();
        channel.keepWindow();
        List<Long> reads = new ArrayList<>();
        List<ScriptedReplica.Asked> asked = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reads.add(read());
            asked.add(replica.next());
        }
        Reply.Node large = new Reply.Node(
                ResourceTest.file("/ls/paris/x", 4 * CONTENT_BYTES), new Content(new byte[4 * CONTENT_BYTES]));
        asked.forEach(each -> each.answer().accept(ScriptedReplica.answer(large)));
        while (ended("read", "2xx") + ended("read", "5xx") < reads.size()) {
            Thread.onSpinWait();
        }
        channel.giveBack();
        List<String> outcomes = channel.replies(reads).stream()
                .map(ChannelClient.Reply::outcome)
                .toList();
        assertEquals(List.of("200", "503 overloaded", "503 overloaded", "503 overloaded"), outcomes);
    }

    /** While replies wait the replica gives nothing back: so here is what more than the window is. */
    @Test
    void moreThanTheWindowEndsTheChannel() {
        answerWithFiles();
        channel.keepWindow();
        for (int i = 0; i < 3; i++) {
            read();
        }
        String padded = "{\"id\":%d,\"method\":\"GET\",\"path\":\"/health/live\",\"headers\":{\"X\":\""
                + "x".repeat(10_000) + "\"}}";
        for (int i = 0; i < 7; i++) {
            channel.text(padded.formatted(100 + i));
        }
        assertEquals(1008, channel.closeCode());
        assertTrue(channel.problem().getString("detail").contains("without waiting for a credit"));
    }

    @Test
    void whatIsReadIsGivenBack() {
        String padded = "{\"id\":%d,\"method\":\"GET\",\"path\":\"/health/live\",\"headers\":{\"X\":\""
                + "x".repeat(10_000) + "\"}}";
        long sent = 0;
        for (int i = 0; i < 100; i++) {
            channel.text(padded.formatted(100 + i));
            sent += padded.formatted(100 + i).length();
            assertEquals(200, channel.reply(100 + i).status());
            assertTrue(sent - channel.credited() <= WINDOW_BYTES / 2, "there is always room for a message");
        }
    }

    @Test
    void keepAlivesAreOfNoWindow() {
        replica.answer(call -> KEPT);
        for (int i = 0; i < 1_000; i++) {
            channel.keepAlive("s1");
        }
        assertEquals(0, channel.credited());
        assertEquals(0, channel.notGivenBack());
    }

    @Test
    void soManyHalfSentBodiesEndTheChannel() {
        String begun =
                "{\"id\":%d,\"method\":\"PUT\",\"path\":\"/v1/files/ls/local/x\",\"base64\":\"YQ==\",\"more\":true}";
        for (int i = 1; i <= 5; i++) {
            channel.text(begun.formatted(i));
        }
        assertEquals(1008, channel.closeCode());
    }

    /** What is not read is not answered on and on: the replica stops reading, and goes on when the client does. */
    @Test
    void whoDoesNotReadIsNotReadFrom() throws Exception {
        WebSocketWire wire = channel.wire();
        String noSession = "x".repeat(65);
        Thread flood = new Thread(() -> {
            try {
                for (int i = 1; i <= FLOOD; i++) {
                    String text = "{\"id\":" + i + ",\"method\":\"POST\",\"path\":\"/v1/sessions/" + noSession
                            + "/keepalive\"}";
                    wire.write(WebSocketWire.TEXT, true, text.getBytes(StandardCharsets.UTF_8));
                }
                wire.flush();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        flood.start();
        double before = 0;
        // It stands still once it is not read from any more.
        for (double now = answered(); now != before || before == 0; now = answered()) {
            before = now;
            LockSupport.parkNanos(300_000_000);
        }
        assertTrue(before < FLOOD, "the replica went on and on");
        assertTrue(flood.isAlive(), "the client is held back");

        for (int i = 1; i <= FLOOD; i++) {
            assertEquals(WebSocketWire.TEXT, wire.read().opcode());
        }
        flood.join();
        assertEquals(FLOOD, answered());
    }

    private double answered() {
        return ended("write", "4xx");
    }

    private double ended(String kind, String status) {
        return door.metric(
                "lockservice_http_requests_seconds_count", "kind=\"" + kind + "\"", "status=\"" + status + "\"");
    }
}
