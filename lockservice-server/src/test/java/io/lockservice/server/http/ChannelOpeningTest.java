package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.channel.ChannelClient;
import io.lockservice.server.channel.WebSocketWire;
import io.lockservice.server.http.HttpSettings.Limits;
import io.lockservice.server.http.channel.ChannelSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a channel is opened, how it is known to live, and how it ends. */
@Timeout(60)
final class ChannelOpeningTest extends ResourceTest {
    private static final int PING_AFTER_MS = 60;
    private static final int SILENT_MS = 150;
    private static final List<String> HANDSHAKE = List.of(
            "Upgrade: websocket",
            "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Protocol: other, lockservice.v1");

    /** The handshake, with this header instead of the one of its name, or in addition. */
    private static String[] with(String header) {
        String name = header.substring(0, header.indexOf(':') + 1);
        List<String> headers = new ArrayList<>(HANDSHAKE);
        headers.removeIf(each -> each.startsWith(name));
        if (!header.equals(name)) {
            headers.add(header);
        }
        return headers.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Upgrade:                               | 426 upgrade-required",
                "Upgrade: h2c                           | 426 upgrade-required",
                "Connection: close                      | 426 upgrade-required",
                "Sec-WebSocket-Version: 8               | 426 upgrade-required",
                "Sec-WebSocket-Version:                 | 426 upgrade-required",
                "Sec-WebSocket-Protocol:                | 400 bad-request header:Sec-WebSocket-Protocol",
                "Sec-WebSocket-Protocol: lockservice.v2 | 400 bad-request header:Sec-WebSocket-Protocol",
                "Sec-WebSocket-Key: short               | 400 bad-request header:Sec-WebSocket-Key",
                "Sec-WebSocket-Key:                     | 400 bad-request header:Sec-WebSocket-Key",
                "Origin: http://elsewhere               | 403 permission-denied",
                "Origin: null                           | 403 permission-denied",
                "Transfer-Encoding: chunked             | 400 bad-request header:Transfer-Encoding",
                "Content-Length: 3                      | 400 bad-request body",
                "Origin: http://cell                    | 101",
                "Origin: https://CELL                   | 101",
                "X-Nothing: new                         | 101"
            })
    void aHandshakeIsLookedAtStrictly(String header, String outcome) throws IOException {
        try (WebSocketWire wire = new WebSocketWire(door.url())) {
            List<String> head = wire.handshake(with(header));
            String status = head.get(0).split(" ", -1)[1];
            if (status.equals("101")) {
                assertEquals(outcome, status);
                assertEquals("lockservice.v1", value(head, "Sec-WebSocket-Protocol"));
                return;
            }
            JsonObject problem = new JsonObject(wire.body(Integer.parseInt(value(head, "Content-Length"))));
            String said = status + " " + problem.getString("code") + " " + problem.getString("field", "");
            assertEquals(outcome, said.strip());
            if (status.equals("426")) {
                assertTrue(
                        !value(head, "Upgrade").isEmpty()
                                || value(head, "Sec-WebSocket-Version").equals("13"),
                        head.toString());
            }
        }
    }

    private static String value(List<String> head, String name) {
        return head.stream()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    @Test
    void whatIsBesideAChannelIsAsUsual() {
        assertEquals(404, door.get("/v1/channel/x").status());
        assertEquals(404, door.get("/v1/channels").status());
        assertEquals(400, door.get("/v1/channel?x=1").status());
        assertEquals(405, door.send("POST", "/v1/channel", "").status());
        assertEquals(426, door.get("/v1/channel").status());
        assertTrue(door.get("/problems/upgrade-required").text().contains("WebSocket"));
    }

    @Test
    void aReplicaThatStopsSaysGoElsewhere() {
        try (ChannelClient channel = new ChannelClient(door.url())) {
            replica.keepSilent();
            channel.begin("GET", "/v1/cell", null);
            replica.next();
            Thread stopping = new Thread(door::stop);
            stopping.start();
            assertEquals(1001, channel.closeCode());
        }
    }

    @Test
    void aClientThatDoesNotReadDoesNotHoldUpTheStop() throws Exception {
        try (WebSocketWire wire = new WebSocketWire(door.url())) {
            wire.open();
            long startNanos = System.nanoTime();
            door.stop();
            assertTrue(System.nanoTime() - startNanos < 5_000_000_000L);
        }
    }

    @Test
    void aChannelIsCountedWhileItIsOpen() {
        try (ChannelClient channel = new ChannelClient(door.url())) {
            assertEquals(1, door.metric("lockservice_http_channels"));
            channel.get("/v1/cell?nonsense=1");
            assertEquals(1, door.metric("lockservice_http_requests_seconds_count", "kind=\"read\"", "status=\"4xx\""));
        }
        until(() -> door.metric("lockservice_http_channels") == 0);
        assertEquals(0, door.metric("lockservice_http_channel_refused_total"));
    }

    @Test
    void whoGoesIsWaitedForNoLonger() throws Exception {
        replica.keepSilent();
        try (ChannelClient channel = new ChannelClient(door.url())) {
            channel.beginKeepAlive("s1");
            replica.next();
        }
        replica.awaitGone();
        until(() -> door.metric("lockservice_http_requests_seconds_count", "kind=\"write\"", "status=\"none\"") == 1);
    }

    @Test
    void anOpenChannelIsOneConnectionAndIsNotIdle() throws Exception {
        try (DoorFixture small = new DoorFixture(new Limits(1 << 20, 256 << 10, 1, 200, 50))) {
            try (ChannelClient channel = new ChannelClient(small.url())) {
                try (Wire second = small.connect()) {
                    assertTrue(second.isClosedByServer(), "there is room for one connection");
                }
                long endNanos = System.nanoTime() + 400_000_000;
                while (System.nanoTime() - endNanos < 0) {
                    LockSupport.parkNanos(10_000_000);
                }
                assertEquals(200, channel.get("/health/live").status());
            }
            until(() -> small.metric("lockservice_http_channels") == 0);
            assertEquals(200, small.get("/health/live").status(), "the place is free again");
        }
    }

    @Test
    void whoAnswersPingsLives() {
        try (DoorFixture quick = quick();
                ChannelClient channel = new ChannelClient(quick.url())) {
            // Each of these is a ping, which the client answers.
            for (int i = 0; i < 5; i++) {
                assertTrue(channel.receive());
            }
            assertEquals(200, channel.get("/health/live").status());
        }
    }

    @Test
    void whoDoesNotAnswerIsGivenUp() throws Exception {
        try (DoorFixture quick = quick();
                WebSocketWire wire = new WebSocketWire(quick.url())) {
            wire.open();
            assertTrue(wire.read().text().startsWith("{\"hello\""));
            assertEquals(WebSocketWire.PING, wire.read().opcode());
            WebSocketWire.Frame close = wire.read();
            assertEquals(WebSocketWire.CLOSE, close.opcode(), "one ping is enough");
            assertEquals(1008, close.closeCode());
            assertTrue(wire.isAtEnd());
            until(() -> quick.metric("lockservice_http_channels") == 0);
        }
    }

    private static DoorFixture quick() {
        return new DoorFixture(
                new Limits(1 << 20, 256 << 10, 10, 80, 150_000),
                new ChannelSettings(256 << 10, 1_024, 4L << 20, PING_AFTER_MS, SILENT_MS));
    }

    private static void until(BooleanSupplier isSo) {
        while (!isSo.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
