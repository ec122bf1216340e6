package io.lockservice.client.transport.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.NotSentException;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On virtual time, against a replica that the test plays. */
class ChannelTest {
    private static final Address A = Address.parse("http://a:1");

    private final VirtualTime time = new VirtualTime();
    private final FakeWire replica = new FakeWire();
    private final List<Call> byHttp = new ArrayList<>();
    private final ChannelTransport transport = new ChannelTransport(
            FakeWire.loop(time.machine()), new ChannelSettings(1_000, 3_000, 1_024, null), replica, new Http());

    private final class Http implements Transport {
        @Override
        public Future<Response> send(Call call) {
            byHttp.add(call);
            return Future.succeededFuture(new Response(299, MultiMap.caseInsensitiveMultiMap(), Buffer.buffer()));
        }

        @Override
        public Future<Void> close() {
            return Future.succeededFuture();
        }
    }

    private Future<Response> get(String path) {
        return transport.send(new Call(A, Lane.CALL, HttpMethod.GET, path, Map.of(), null, 3_000));
    }

    private Future<Response> await(String path) {
        return transport.send(new Call(A, Lane.WAIT, HttpMethod.PUT, path, Map.of(), null, 23_000));
    }

    private Future<Response> keepAlive() {
        return transport.send(
                new Call(A, Lane.KEEP_ALIVE, HttpMethod.POST, "/v1/sessions/s1/keepalive", Map.of(), null, 2_000));
    }

    private Future<Response> put(String path, Buffer body, String type) {
        return transport.send(new Call(A, Lane.CALL, HttpMethod.PUT, path, Map.of("Content-Type", type), body, 3_000));
    }

    private void answer(long id) {
        replica.say("{\"id\":" + id + ",\"status\":200,\"headers\":{},\"body\":{\"of\":" + id + "}}");
    }

    @Test
    void manyAreUnderWayAtOnceAndAnsweredInAnyOrder() {
        Future<Response> first = get("/v1/cell");
        replica.hello(256, 1_024);
        Future<Response> second = get("/v1/cell");
        Future<Response> third = get("/v1/cell");
        List<Long> ids = replica.requests();
        assertEquals(3, ids.stream().distinct().count());
        answer(ids.get(2));
        answer(ids.get(0));
        assertEquals(ids.get(2), third.result().json().path("of").asLong());
        assertEquals(ids.get(0), first.result().json().path("of").asLong());
        assertFalse(second.isComplete());
        assertEquals(List.of(A), replica.dialled, "one connection");
    }

    @Test
    void nothingIsSentBeforeHelloAndKeepAlivesAreFirstThen() {
        get("/v1/cell");
        await("/v1/locks/ls/local/x");
        keepAlive();
        replica.listener().opened(replica);
        assertEquals(List.of(), replica.texts);
        replica.hello(256, 1_024);
        assertEquals("POST", replica.told().get(0).getString("method"));
        assertEquals(3, replica.requests().size());
    }

    @Test
    void aKeepAliveGoesPastAFullWindowAndFullRequests() {
        put("/v1/files/ls/local/big", Buffer.buffer(new byte[100_000]), "text/plain");
        replica.hello(32, 1);
        get("/v1/cell");
        int before = replica.texts.size();
        Future<Response> alive = keepAlive();
        assertEquals(before + 1, replica.texts.size());
        answer(replica.requests().get(1));
        assertTrue(alive.succeeded());
        assertEquals(0, replica.credits(), "its reply does not count");
    }

    @Test
    void neverMoreThanTheWindowIsUnderWayAndAllArrives() throws Exception {
        byte[] content = new byte[200_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 7);
        }
        Future<Response> write = put("/v1/files/ls/local/big", Buffer.buffer(content), "text/plain");
        replica.hello(64, 1_024);
        long given = 0;
        for (int seen = 0; seen < replica.texts.size(); seen++) {
            assertTrue(replica.bytes() - given <= 64 * 1024, "under way: " + (replica.bytes() - given));
            int length = replica.texts.get(seen).length();
            assertTrue(length <= 32 * 1024);
            given += length;
            replica.say("{\"credit\":" + length + "}");
        }
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        List<JsonObject> pieces = replica.told();
        for (int i = 0; i < pieces.size(); i++) {
            arrived.write(Base64.getDecoder().decode(pieces.get(i).getString("base64")));
            assertEquals(i < pieces.size() - 1, pieces.get(i).getBoolean("more", false));
        }
        assertEquals(Buffer.buffer(content), Buffer.buffer(arrived.toByteArray()));
        answer(replica.requests().get(0));
        assertTrue(write.succeeded());
    }

    @Test
    void aSmallCallIsNotBehindAllOfABulkyBody() {
        put("/v1/files/ls/local/big", Buffer.buffer(new byte[200_000]), "text/plain");
        replica.hello(32, 1_024);
        get("/v1/cell");
        replica.say("{\"credit\":" + replica.bytes() + "}");
        replica.say("{\"credit\":" + 21_000 + "}");
        assertEquals(2, replica.requests().size());
        assertTrue(replica.told().size() < 6);
    }

    @Test
    void theRestOfABodyThatIsRefusedIsNotSent() {
        Future<Response> write = put("/v1/files/ls/local/big", Buffer.buffer(new byte[200_000]), "text/plain");
        replica.hello(32, 1);
        long id = replica.requests().get(0);
        replica.say("{\"id\":" + id + ",\"status\":413,\"body\":{}}");
        assertEquals(413, write.result().status());
        assertEquals(new JsonObject().put("cancel", id), replica.told().get(1));
        replica.say("{\"credit\":30000}");
        assertEquals(2, replica.told().size());
        get("/v1/cell");
        assertEquals(2, replica.requests().size(), "it is not under way any more");
    }

    @Test
    void creditIsGivenBackBeforeTheReplicaCouldRunOut() {
        get("/v1/x");
        replica.hello(32, 1_024);
        long id = replica.requests().get(0);
        String reply = "{\"id\":" + id + ",\"status\":200,\"body\":{\"of\":" + id + "}}";
        replica.say(reply);
        assertEquals(reply.length(), replica.credits(), "a window of one message is given back at once");
    }

    @Test
    void repliesInPiecesArePutTogetherAndGivenBackMeanwhile() {
        Future<Response> read = get("/v1/files/ls/local/x");
        replica.hello(64, 1_024);
        long id = replica.requests().get(0);
        String piece = Base64.getEncoder().encodeToString(new byte[15_000]);
        replica.say("{\"id\":" + id + ",\"status\":200,\"headers\":{\"Content-Type\":\"text/plain\"},\"base64\":\""
                + piece + "\",\"more\":true}");
        replica.say("{\"id\":" + id + ",\"base64\":\"" + piece + "\",\"more\":true}");
        assertFalse(read.isComplete());
        assertTrue(replica.credits() >= 20_000);
        replica.say("{\"id\":" + id + ",\"base64\":\"AQ==\"}");
        assertEquals(30_001, read.result().body().length());
        assertEquals("text/plain", read.result().header("content-type"));
    }

    @Test
    void callsThatWaitLeaveRoomForThoseThatDoNot() {
        for (int i = 0; i < 20; i++) {
            await("/v1/locks/ls/local/" + i);
        }
        replica.hello(256, 8);
        assertEquals(7, replica.requests().size());
        Future<Response> call = get("/v1/cell");
        long id = replica.requests().get(7);
        get("/v1/cell");
        assertEquals(8, replica.requests().size(), "not more than the replica takes");
        answer(id);
        assertTrue(call.succeeded());
        assertEquals(9, replica.requests().size());
        answer(replica.requests().get(0));
        assertEquals(10, replica.requests().size());
        assertTrue(replica.told().get(9).getString("path").endsWith("/7"), "in order");
    }

    @Test
    void aTimeoutIsCancelledAndTheLateReplyIsGivenBack() {
        await("/v1/locks/ls/local/x");
        replica.hello(32, 1_024);
        Future<Response> late = get("/v1/cell");
        replica.listener().heard();
        time.advanceMs(2_000);
        replica.listener().heard();
        time.advanceMs(1_000);
        assertInstanceOf(TimeoutException.class, late.cause());
        long id = replica.requests().get(1);
        assertEquals(new JsonObject().put("cancel", id), replica.told().get(2));
        assertEquals(0, replica.pings, "it was heard of meanwhile");
        answer(id);
        assertTrue(replica.credits() > 0);
        assertEquals(0, replica.closedWith);
    }

    @Test
    void aSilentReplicaIsAskedAndClosedAndEverythingGoesElsewhereAtOnce() {
        Future<Response> wait = await("/v1/locks/ls/local/x");
        replica.hello(256, 1_024);
        time.advanceMs(1_000);
        replica.listener().heard();
        Future<Response> call = get("/v1/cell");
        time.advanceMs(2_999);
        assertEquals(0, replica.pings);
        time.advanceMs(1);
        assertEquals(1, replica.pings);
        assertTrue(call.failed());
        assertFalse(wait.isComplete());
        time.advanceMs(750);
        assertTrue(wait.failed());
        assertFalse(wait.cause() instanceof NotSentException);
        assertEquals(Wire.NORMAL, replica.closedWith);
        get("/v1/cell");
        assertEquals(2, replica.dialled.size());
    }

    @Test
    void aReplicaThatIsSilentFromItsHelloOnIsFoundOutByTheFirstCall() {
        get("/v1/cell");
        time.advanceMs(500);
        replica.hello(256, 1_024);
        time.advanceMs(2_500 + 750);
        assertEquals(Wire.NORMAL, replica.closedWith);
    }

    @Test
    void aLoneWaitFindsOutThatTheReplicaIsSilentLongBeforeItsTime() {
        Future<Response> wait = await("/v1/locks/ls/local/x");
        replica.hello(256, 1_024);
        time.advanceMs(2 * 3_000 + 750);
        assertTrue(wait.failed());
    }

    @Test
    void aSignOfLifeIsEnough() {
        Future<Response> wait = await("/v1/locks/ls/local/x");
        replica.hello(256, 1_024);
        for (int i = 0; i < 20; i++) {
            time.advanceMs(1_000);
            if (replica.pings > i / 3) {
                replica.listener().heard();
            }
        }
        assertTrue(replica.pings > 2);
        assertFalse(wait.isComplete());
        assertEquals(0, replica.closedWith);
    }

    @Test
    void whenItBreaksWhatWasSentMayBeDoneAndWhatWasNotIsNot() {
        Future<Response> partly = put("/v1/files/ls/local/big", Buffer.buffer(new byte[100_000]), "text/plain");
        replica.hello(32, 1_024);
        Future<Response> unsent = put("/v1/files/ls/local/y", Buffer.buffer(new byte[15_000]), "text/plain");
        assertEquals(1, replica.requests().size());
        replica.listener().closed(1001, "stops");
        assertFalse(partly.cause() instanceof NotSentException);
        assertInstanceOf(NotSentException.class, unsent.cause());
        get("/v1/cell");
        assertEquals(2, replica.dialled.size(), "the next call opens a new one");
        assertEquals(List.of(), byHttp);
    }

    @Test
    void aReplicaThatCannotBeReachedGotNothing() {
        Future<Response> one = get("/v1/cell");
        Future<Response> two = keepAlive();
        assertEquals(1, replica.dialled.size());
        replica.listener().unreachable(new ConnectException("refused"));
        assertInstanceOf(NotSentException.class, one.cause());
        assertInstanceOf(NotSentException.class, two.cause());
        get("/v1/cell");
        assertEquals(2, replica.dialled.size());
    }

    @Test
    void openingHasItsTimeAndACallItsOwn() {
        Future<Response> brief = transport.send(new Call(A, Lane.CALL, HttpMethod.GET, "/", Map.of(), null, 200));
        Future<Response> call = get("/v1/cell");
        time.advanceMs(200);
        assertInstanceOf(NotSentException.class, brief.cause());
        time.advanceMs(799);
        assertFalse(call.isComplete());
        time.advanceMs(1);
        assertInstanceOf(NotSentException.class, call.cause());
        assertEquals(List.of(), byHttp);
    }

    @Test
    void aConnectionWithoutAHelloIsNoChannel() {
        Future<Response> call = get("/v1/cell");
        replica.listener().opened(replica);
        time.advanceMs(1_000);
        assertEquals(299, call.result().status());
        assertEquals(2_000, byHttp.get(0).timeoutMs());
        assertEquals(299, get("/v1/cell").result().status());
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1006, 1011})
    void aConnectionClosedBeforeItsHelloIsNoChannelUnlessTheReplicaStops(int status) {
        Future<Response> call = get("/v1/cell");
        replica.listener().opened(replica);
        replica.listener().closed(status, null);
        assertEquals(status == 1001, call.cause() instanceof NotSentException);
        assertEquals(status == 1001 ? 0 : 1, byHttp.size());
    }

    @Test
    void aConnectionThatComesTooLateIsClosed() {
        get("/v1/cell");
        time.advanceMs(1_000);
        replica.listener().opened(replica);
        assertEquals(Wire.NORMAL, replica.closedWith);
    }

    @Test
    void withoutAChannelCallsGoByHttpForAMinute() {
        Future<Response> first = get("/v1/cell");
        time.advanceMs(400);
        replica.listener().notOffered("404");
        assertEquals(299, first.result().status());
        assertEquals(2_600, byHttp.get(0).timeoutMs());
        time.advanceMs(59_999);
        assertEquals(299, get("/v1/cell").result().status());
        assertEquals(1, replica.dialled.size());
        time.advanceMs(1);
        Future<Response> again = get("/v1/cell");
        assertEquals(2, replica.dialled.size());
        replica.hello(256, 1_024);
        answer(replica.requests().get(0));
        assertEquals(200, again.result().status());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{}",
                "{\"id\":2,\"status\":200} x",
                "{\"id\":99,\"status\":200}",
                "{\"id\":2}",
                "{\"id\":2,\"status\":200,\"body\":{}",
                "{\"id\":2,\"status\":200,\"body\":{},\"more\":true}",
                "{\"id\":2,\"status\":200,\"base64\":\"*\"}",
                "{\"id\":\"2\",\"status\":200}",
                "{\"id\":4,\"status\":200}",
                "{\"credit\":0}",
                "{\"credit\":\"x\"}",
                "{\"hello\":{\"windowBytes\":262144,\"maxRequests\":1024}}",
                "{\"problem\":{\"code\":\"bad-request\",\"status\":400,\"detail\":\"no\"}}"
            })
    void garbageEndsTheChannelAndItIsNotTriedAgainForAWhile(String garbage) {
        Future<Response> sent = get("/v1/cell");
        replica.hello(32, 1);
        Future<Response> unsent = get("/v1/cell");
        replica.say(garbage);
        assertTrue(sent.failed());
        assertFalse(sent.cause() instanceof NotSentException);
        assertEquals(299, unsent.result().status(), "nothing of it was sent");
        assertEquals(Wire.PROTOCOL_ERROR, replica.closedWith);
        assertEquals(299, get("/v1/cell").result().status());
    }

    @Test
    void moreThanIsKnownIsNoGarbage() {
        Future<Response> call = get("/v1/cell");
        replica.listener().opened(replica);
        replica.say("{\"hello\":{\"new\":[1],\"windowBytes\":262144,\"maxRequests\":1024},\"x\":{\"id\":7}}");
        replica.say("{\"new\":{\"id\":7},\"id\":2,\"status\":204}");
        assertEquals(204, call.result().status());
        assertEquals(0, call.result().body().length());
    }

    @Test
    void isClosedAfterAMinuteWithoutCalls() {
        Future<Response> call = await("/v1/locks/ls/local/x");
        replica.hello(256, 1_024);
        for (int i = 0; i < 22; i++) {
            time.advanceMs(1_000);
            replica.listener().heard();
        }
        answer(replica.requests().get(0));
        assertTrue(call.succeeded());
        time.advanceMs(59_000);
        assertEquals(0, replica.closedWith);
        time.advanceMs(5_000);
        assertEquals(Wire.NORMAL, replica.closedWith);
    }

    @Test
    void closingFailsWhatIsUnderWay() {
        Future<Response> call = get("/v1/cell");
        replica.hello(256, 1_024);
        assertTrue(transport.close().succeeded());
        assertTrue(call.failed());
        assertFalse(call.cause() instanceof NotSentException);
        assertInstanceOf(NotSentException.class, get("/v1/cell").cause());
        assertEquals(Wire.NORMAL, replica.closedWith);
    }

    @Test
    void whoIsCalledOnTheWayMayCallAgain() {
        Future<Response> again = get("/v1/cell").recover(broken -> get("/v1/again"));
        replica.hello(256, 1_024);
        replica.listener().closed(1006, null);
        replica.hello(256, 1_024);
        assertEquals("/v1/again", replica.told().get(1).getString("path"));
        answer(replica.requests().get(1));
        assertTrue(again.succeeded());
    }
}
