package io.lockservice.server.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.channel.ChannelClient.Reply;
import io.lockservice.server.contract.Answer;
import io.lockservice.server.contract.ContractCell;
import io.lockservice.server.contract.ContractTest;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a channel carries is the API, whoever leads and whichever replica it was opened at. */
final class ChannelContractTest extends ContractTest {
    private static final int REPLICA = 2;
    private static final int LARGE_BYTES = 200_000;

    private static final byte[] ONE = {'o', 'n', 'e'};
    private static final byte[] TWO = {'t', 'w', 'o'};

    private ChannelClient channel;

    @BeforeEach
    void openChannel() {
        channel = new ChannelClient(cell.urls().get(REPLICA - 1));
    }

    @AfterEach
    void closeChannel() {
        channel.close();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void theReplicaSpeaksFirst() {
        assertEquals(
                new JsonObject()
                        .put("cell", ContractCell.NAME)
                        .put("replica", REPLICA)
                        .put("windowBytes", 262_144)
                        .put("maxRequests", 1_024),
                channel.hello());
    }

    @Test
    void aRequestIsAnsweredAsByHttp() {
        String session = open();
        String lock = unique("channel-lock");

        Reply granted = channel.send("PUT", lock(lock), "{\"note\":\"é\"}", as(session));

        assertEquals(200, granted.status(), granted.text());
        assertEquals(printed(lock), granted.json().getString("name"));
        assertEquals(
                List.of("Lockservice-Revision", "Lockservice-Epoch", "Lockservice-Replica"),
                List.copyOf(granted.headers().fieldNames()));
        Answer seen = get(lock(lock));
        assertEquals(
                granted.json().getLong("token"), seen.list("holders").get(0).getLong("token"));
        assertEquals("é", seen.list("holders").get(0).getString("note"));
        assertEquals(
                "{\"released\":true}",
                channel.send("DELETE", lock(lock), null, as(session)).text());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/nodes/ls/local/channel-same",
                "/v1/nodes/ls/local?children=true&limit=2",
                "/v1/files/ls/local/channel-same",
                "/v1/files/ls/local/nobody",
                "/v1/locks/ls/local/nobody",
                "/v1/nodes/ls/local/a/../b",
                "/v1/nodes/ls/other/x",
                "/v1/cell?nonsense=1",
                "/v1/nonsense",
                "/v1/events",
                "/problems/lock-held"
            })
    void readsAreTheSameByBothWays(String path) {
        write("channel-same", "content");
        Answer byHttp = ContractCell.await(cell.begin(REPLICA, "GET", path, new byte[0]));

        Reply byChannel = channel.get(path);

        assertEquals(byHttp.status(), byChannel.status());
        assertEquals(byHttp.text(), byChannel.text());
        String type = byHttp.header("Content-Type");
        assertEquals(type.endsWith("json") ? null : type, byChannel.headers().getString("Content-Type"));
        if (byHttp.status() == 200 && path.startsWith("/v1/")) {
            assertEquals(
                    byHttp.header("Lockservice-Replica"), byChannel.headers().getString("Lockservice-Replica"));
        }
        assertEquals(byHttp.header("ETag"), byChannel.headers().getString("ETag", ""));
    }

    @Test
    void repliesWithoutABodyHaveNone() {
        String file = unique("channel-none");
        write(file, "x");
        String tag = channel.get(file(file)).headers().getString("ETag");

        Reply same = channel.get(file(file), "If-None-Match: " + tag);
        Reply head = channel.send("HEAD", file(file), null);
        Reply deleted = channel.send("DELETE", node(file), null);

        assertEquals("304 ", same.status() + " " + same.text());
        assertEquals("200 ", head.status() + " " + head.text());
        assertEquals("204 ", deleted.status() + " " + deleted.text());
    }

    @Test
    void repliesComeWhenTheyAreThere() {
        String lock = unique("channel-order");
        granted(lock, open(), "{}");
        String waiter = open();

        long waiting = channel.begin("PUT", lock(lock), "{\"waitMs\":300}", as(waiter));
        long other = channel.begin("GET", lock(lock), null);

        assertEquals(1, channel.reply(other).json().getJsonArray("holders").size());
        assertFalse(channel.has(waiting));
        assertEquals("409 lock-held", channel.reply(waiting).outcome());
    }

    @Test
    void whatIsLargeGoesInPiecesBothWays() {
        String file = unique("channel-large");
        byte[] content = bytes(LARGE_BYTES);

        Reply written = channel.reply(channel.beginBytes("PUT", file(file), content));
        assertEquals(201, written.status(), written.text());

        assertArrayEquals(content, channel.get(file(file)).body().getBytes());
        assertArrayEquals(content, get(file(file)).body().getBytes());
        Reply json = channel.get(node(file) + "?content=true");
        assertEquals("application/json", json.headers().getString("Content-Type"));
        assertArrayEquals(content, Base64.getDecoder().decode(json.json().getString("contentBase64")));
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedAsByHttp() {
        String file = unique("channel-too-large");
        long tooLarge = channel.beginBytes("PUT", file(file), bytes(300_000));
        long next = channel.begin("GET", "/v1/nodes/ls/local", null);

        assertEquals("413 content-too-large", channel.reply(tooLarge).outcome());
        assertEquals(200, channel.reply(next).status(), "the rest of the body is thrown away");
        assertEquals(404, get(file(file)).status());
    }

    @Test
    void whatWasDoneByTheChannelIsNotDoneAgainByHttp() {
        String session = open();
        String lock = unique("channel-once");
        String key = "Idempotency-Key: " + unique("key");
        Reply first;
        try (ChannelClient broken = new ChannelClient(cell.urls().get(0))) {
            first = broken.send("PUT", lock(lock), "{\"waitMs\":0}", as(session), key);
        }
        assertEquals(200, first.status());
        assertEquals(200, release(lock, session).status());

        Answer again = send("PUT", lock(lock), "{\"waitMs\":0}", as(session), key);

        assertEquals(first.json().getLong("token"), again.json().getLong("token"));
        assertEquals(404, get(lock(lock)).status(), "it is not held again");
        assertEquals(
                "422 idempotency-mismatch",
                send("PUT", lock(lock), "{\"waitMs\":1}", as(session), key).outcome());
    }

    @Test
    void whatWasDoneByHttpIsNotDoneAgainByTheChannel() {
        String file = unique("channel-twice");
        String key = "Idempotency-Key: " + unique("key");
        Answer first = send("PUT", file(file) + "?parents=true", "one", key);
        assertEquals(201, first.status());

        Reply again = channel.reply(channel.beginBytes("PUT", file(file) + "?parents=true", ONE, key));
        Reply other = channel.reply(channel.beginBytes("PUT", file(file) + "?parents=true", TWO, key));

        assertEquals(first.status() + first.text(), again.status() + again.text());
        assertEquals("422 idempotency-mismatch", other.outcome());
        assertEquals(1, stat(file).getLong("contentGeneration"));
    }

    @Test
    void eventsArePolled() {
        String name = unique("channel-events");
        write(name, "one");
        long revision = stat(name).getLong("modifiedRevision");
        String path = "/v1/events?name=/ls/local/" + name + "&since=" + revision;

        long poll = channel.begin("GET", path + "&waitMs=20000", null);
        assertEquals(200, channel.get("/v1/cell").status());
        assertFalse(channel.has(poll));
        write(name, "two");

        Reply told = channel.reply(poll);
        assertEquals(
                "content-changed",
                told.json().getJsonArray("events").getJsonObject(0).getString("type"));
        assertEquals(
                "406 not-acceptable",
                channel.get(path, "Accept: text/event-stream").outcome());
        assertEquals(200, channel.get(path).status(), "JSON is the default");
    }

    @Test
    void whatGoesOnWithoutEndIsNotForAChannel() {
        assertEquals("406 not-acceptable", channel.get("/v1/cell/checkpoint").outcome());
        assertEquals("406 not-acceptable", channel.get("/v1/channel").outcome());
        assertEquals(200, channel.get("/v1/cell").status());
    }

    @Test
    void aThousandWaitAndAllAreKeptAlive() {
        String holder = open();
        String waiter = open();
        List<String> locks = new ArrayList<>();
        try (ChannelClient holding = new ChannelClient(cell.urls().get(0))) {
            List<Long> held = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                String lock = unique("thousand");
                locks.add(lock);
                held.add(holding.begin("PUT", lock(lock), null, as(holder)));
            }
            holding.replies(held).forEach(granted -> assertEquals(200, granted.status(), granted.text()));
            List<Long> waits = new ArrayList<>();
            locks.forEach(lock -> waits.add(channel.begin("PUT", lock(lock), "{\"waitMs\":60000}", as(waiter))));
            channel.keepAlive(waiter);
            assertEquals(200, channel.get("/v1/cell").status());
            channel.keepAlive(holder);
            assertEquals(0, waits.stream().filter(channel::has).count(), "they wait");

            locks.forEach(lock -> holding.begin("DELETE", lock(lock), null, as(holder)));

            channel.replies(waits).forEach(granted -> assertEquals(200, granted.status(), granted.text()));
            assertTrue(channel.credited() > 100_000, "what is read is given back: " + channel.credited());
        }
    }

    @Test
    void keepAlivesGoPastRepliesThatWaitForTheWindow() {
        String session = open();
        String file = unique("channel-bulk");
        channel.reply(channel.beginBytes("PUT", file(file), bytes(LARGE_BYTES)));
        channel.keepWindow();
        List<Long> reads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            reads.add(channel.begin("GET", file(file), null));
        }
        // Some of them are on their way and fill the window; the rest waits.
        while (channel.notGivenBack() < 230_000) {
            assertTrue(channel.receive());
        }
        long before = channel.received();
        for (int i = 0; i < 100; i++) {
            channel.keepAlive(session);
        }
        assertTrue(
                channel.received() - before <= 102, "nothing but keep-alives comes: " + (channel.received() - before));

        channel.giveBack();
        channel.replies(reads)
                .forEach(read -> assertEquals(LARGE_BYTES, read.body().length()));
    }

    @Test
    void keepAlivesGoBetweenThePiecesOfABody() {
        String session = open();
        String file = unique("channel-half");
        channel.text(
                "{\"id\":500,\"method\":\"PUT\",\"path\":\"" + file(file) + "\",\"base64\":\"YWJj\",\"more\":true}");

        channel.keepAlive(session);
        assertEquals(404, channel.get(file(file)).status());
        channel.text("{\"id\":500,\"base64\":\"ZGVm\"}");

        assertEquals(201, channel.reply(500).status());
        assertEquals("abcdef", channel.get(file(file)).text());
    }

    @Test
    void aChannelGoesOnWhenTheLeaderChanges() {
        String session = open();
        String lock = unique("channel-leader");
        moveLeader();
        assertEquals(200, channel.send("PUT", lock(lock), null, as(session)).status());
        channel.keepAlive(session);
    }
}
