package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.metrics.Exposed;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code GET /metrics}, as Prometheus asks for it. */
final class MetricsResourceTest extends ResourceTest {
    private static final String PROMETHEUS =
            "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

    @Test
    void theDoorShowsThePageOfPrometheus() {
        Wire.Response response = door.get("/metrics", "Accept: " + PROMETHEUS);

        assertEquals(200, response.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", response.header("Content-Type"));
        assertNull(response.header("Lockservice-Revision"), "the page is of no single revision");
        String page = response.text();
        assertTrue(page.contains("\nlockservice_fault_tolerance{cell=\"paris\",replica=\"1\"} 1.0\n"), page);
        assertTrue(page.contains("\n# TYPE lockservice_journal_append_seconds summary\n"), page);
        assertTrue(page.contains("\n# HELP lockservice_sessions Living sessions\n"), page);
        assertTrue(page.contains("\njvm_threads_live_threads{"), page);
        assertTrue(page.endsWith("\n"), "the last line is one");
        assertEquals(0, replica.calls(), "the replica is not asked");
    }

    @Test
    void eachReplyIsCounted() {
        door.get("/v1/cell?nonsense=1");
        door.send("PUT", "/v1/cell", "");
        door.get("/metrics");
        Exposed page = new Exposed(door.get("/metrics").text());
        String count = "lockservice_http_requests_seconds_count";
        assertEquals(1, page.value(count, "kind=\"read\"", "status=\"4xx\""));
        assertEquals(1, page.value(count, "kind=\"write\"", "status=\"4xx\""));
        assertEquals(1, page.value(count, "kind=\"read\"", "status=\"2xx\""));
        assertEquals(0, page.value(count, "kind=\"read\"", "status=\"5xx\""));
    }

    /** What the HTTP codec cannot read is a request too. */
    @Test
    void garbageIsCounted() throws Exception {
        try (Wire wire = door.connect()) {
            wire.send(Buffer.buffer("GARBAGE\r\n\r\n").getBytes()).read(true);
        }
        Exposed page = new Exposed(door.get("/metrics").text());
        double counted = page.value("lockservice_http_requests_seconds_count", "kind=\"read\"", "status=\"4xx\"")
                + page.value("lockservice_http_requests_seconds_count", "kind=\"other\"", "status=\"4xx\"");
        assertEquals(1, counted);
    }

    @Test
    void whoHasGoneBeforeTheReplyIsNotCountedAsServed() throws Exception {
        replica.keepSilent();
        try (Wire wire = door.connect()) {
            wire.send("GET /v1/cell HTTP/1.1\r\nHost: cell\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            replica.next();
        }
        String count = "lockservice_http_requests_seconds_count";
        double gone = 0;
        for (int ask = 0; gone == 0 && ask < 10_000; ask++) {
            gone = new Exposed(door.get("/metrics").text()).value(count, "kind=\"read\"", "status=\"none\"");
        }
        assertEquals(1, gone);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics/", "/metrics/lockservice_sessions", "/metricsx"})
    void thereIsNothingBelow(String target) {
        assertEquals(404, door.get(target).status());
    }

    @Test
    void onlyWhatMakesSenseIsAnswered() {
        assertEquals(400, door.get("/metrics?name=x").status());
        assertEquals(406, door.get("/metrics", "Accept: application/json").status());
        assertEquals(405, door.send("POST", "/metrics", "").status());
        Wire.Response head = door.send("HEAD", "/metrics", "");
        assertEquals(200, head.status());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", head.header("Content-Type"));
    }
}
