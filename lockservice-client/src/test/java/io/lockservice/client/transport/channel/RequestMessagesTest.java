package io.lockservice.client.transport.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestMessagesTest {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final String LOCK = "/v1/locks/ls/local/x";

    private static Call call(HttpMethod method, String path, Map<String, String> headers, @Nullable Buffer body) {
        return new Call(Address.parse("http://a:1"), Lane.CALL, method, path, headers, body, 3_000);
    }

    private static RequestMessages messages(Call call) {
        RequestMessages messages = RequestMessages.of(call, null);
        assertNotNull(messages);
        return messages;
    }

    private static String only(Call call) {
        RequestMessages messages = messages(call);
        RequestMessages.Message message = messages.next(7);
        assertEquals(message.text().getBytes(StandardCharsets.UTF_8).length, message.bytes());
        messages.written();
        assertTrue(messages.isComplete());
        return message.text();
    }

    private static String withBody(String path, Buffer body) {
        return only(call(HttpMethod.PUT, path, JSON, body));
    }

    @Test
    void withoutABodyItIsMethodPathAndHeaders() {
        assertEquals(
                "{\"id\":7,\"method\":\"GET\",\"path\":\"/v1/cell?x=\\\"\"}",
                only(call(HttpMethod.GET, "/v1/cell?x=\"", Map.of(), null)));
        assertEquals(
                "{\"id\":7,\"method\":\"DELETE\",\"path\":\"/\",\"headers\":{\"Lockservice-Session\":\"s\\n\"}}",
                only(call(HttpMethod.DELETE, "/", Map.of("Lockservice-Session", "s\n"), null)));
    }

    @Test
    void jsonGoesAsItIs() {
        String body = "{ \"waitMs\":1, \"note\":\"\u00e4\u20ac\ud83d\ude00\\u0000\"}";
        String text = withBody(LOCK, Buffer.buffer(body));
        assertTrue(text.endsWith("\"path\":\"" + LOCK + "\",\"body\":" + body + "}"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}}",
                "{},\"method\":\"DELETE\",\"x\":{}",
                "[1,]",
                "{\"a\":\"\n\"}",
                "{'a':1}",
                "null",
                "7",
                "\ufeff{}",
                "{\"a\":NaN}"
            })
    void whatIsNotJsonDoesNotBreakTheMessage(String body) {
        JsonObject message = new JsonObject(withBody(LOCK, Buffer.buffer(body)));
        assertFalse(message.containsKey("body"));
        byte[] sent = Base64.getDecoder().decode(message.getString("base64", ""));
        assertEquals(body, new String(sent, StandardCharsets.UTF_8));
        assertEquals("application/json", message.getJsonObject("headers").getString("Content-Type"));
    }

    @Test
    void nothingThatWouldChangeOnTheWayIsTakenForText() {
        Buffer noUtf8 = Buffer.buffer("{\"a\":\"").appendByte((byte) 0xff).appendString("\"}");
        assertTrue(withBody(LOCK, noUtf8).contains("base64"));
        assertTrue(withBody(LOCK, Buffer.buffer("{}".getBytes(StandardCharsets.UTF_16LE)))
                .contains("base64"));
        assertTrue(withBody("/v1/files/ls/local/x", Buffer.buffer("{ }")).contains("base64"));
        Call plain = call(HttpMethod.PUT, LOCK, Map.of("content-type", "text/plain"), Buffer.buffer("{}"));
        assertTrue(only(plain).contains("base64"));
        Call charset = call(
                HttpMethod.PUT, LOCK, Map.of("content-type", "Application/JSON ; charset=utf-8"), Buffer.buffer("{}"));
        assertTrue(only(charset).endsWith("\"body\":{}}"));
    }

    @Test
    void noMessageIsLongerThanAgreed() {
        String note = "x".repeat(24 * 1024 - 20);
        Map<String, String> headers = Map.of("Content-Type", "application/json", "H", "y".repeat(6_900));
        RequestMessages json =
                messages(call(HttpMethod.PUT, LOCK, headers, Buffer.buffer("{\"note\":\"" + note + "\"}")));
        assertTrue(json.next(1L << 52).bytes() <= Channel.MAX_MESSAGE_BYTES);
        json.written();
        assertTrue(json.isComplete());
        RequestMessages bytes = messages(call(HttpMethod.PUT, LOCK, headers, Buffer.buffer(new byte[25_000])));
        assertTrue(bytes.next(1L << 52).bytes() <= Channel.MAX_MESSAGE_BYTES);
        bytes.written();
        assertFalse(bytes.isComplete());
        assertNull(RequestMessages.of(call(HttpMethod.GET, "/", Map.of("H", "y".repeat(7_200)), null), null));
    }

    @Test
    void aChannelSpeaksForOneCaller() {
        Map<String, String> mine = Map.of("authorization", "Bearer a");
        RequestMessages same = RequestMessages.of(call(HttpMethod.GET, "/", mine, null), "Bearer a");
        assertNotNull(same);
        assertFalse(same.next(1).text().contains("Bearer"));
        assertNull(RequestMessages.of(call(HttpMethod.GET, "/", mine, null), "Bearer b"));
        assertNull(RequestMessages.of(call(HttpMethod.GET, "/", mine, null), null));
        assertNull(RequestMessages.of(call(HttpMethod.GET, "/", Map.of(), null), "Bearer a"));
    }

    @Test
    void keepAlivesAreWhatTheReplicaTakesForThem() {
        assertTrue(messages(call(HttpMethod.POST, "/v1/sessions/s1/keepalive", Map.of(), null))
                .isKeepAlive());
        assertFalse(messages(call(HttpMethod.POST, "/v1/sessions/s1/keepalive?x=1", Map.of(), null))
                .isKeepAlive());
        assertFalse(messages(call(HttpMethod.GET, "/v1/sessions/s1/keepalive", Map.of(), null))
                .isKeepAlive());
        assertFalse(messages(call(HttpMethod.POST, "/v1/sessions/s1/x/keepalive", Map.of(), null))
                .isKeepAlive());
        assertFalse(
                messages(call(HttpMethod.POST, "/v1/sessions", Map.of(), null)).isKeepAlive());
    }
}
