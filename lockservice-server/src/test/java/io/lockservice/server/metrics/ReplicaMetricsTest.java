package io.lockservice.server.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.server.bus.BusStatus;
import io.lockservice.server.dns.DnsMetrics;
import io.lockservice.server.storage.checkpoint.CheckpointCounters;
import io.micrometer.core.instrument.Meter;
import io.vertx.core.http.HttpMethod;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The numbers are those of the parts, as they are when somebody asks. */
final class ReplicaMetricsTest {
    private static final String TWO = "peer=\"2\"";
    private static final String THREE = "peer=\"3\"";

    private final ScriptedSources parts = new ScriptedSources();
    private final ReplicaMetrics metrics = new ReplicaMetrics("paris", 1, Path.of("."), parts.sources());

    @AfterEach
    void close() {
        metrics.close();
    }

    private Exposed now() {
        return new Exposed(metrics.text());
    }

    @Test
    void aLeaderTellsHowManyMayFailAndWhoLags() {
        Exposed page = now();
        assertEquals(1, page.value("lockservice_fault_tolerance", "cell=\"paris\"", "replica=\"1\""));
        assertEquals(3, page.value("lockservice_cell_voters"));
        assertEquals(1, page.value("lockservice_replica_leader"));
        assertEquals(1, page.value("lockservice_replica_ready"));
        assertEquals(0, page.value("lockservice_peer_lag", TWO));
        assertEquals(1, page.value("lockservice_peer_reachable", TWO));
        assertEquals(40, page.value("lockservice_peer_lag", THREE));
        assertEquals(0, page.value("lockservice_peer_reachable", THREE));
        assertFalse(page.has("lockservice_peer_lag", "peer=\"1\""), "nobody is its own peer");

        parts.replica(ScriptedSources.leading(0, 3));
        assertEquals(0, now().value("lockservice_fault_tolerance"));
    }

    @Test
    void aFollowerDoesNotKnowAboutTheOthers() {
        parts.replica(ScriptedSources.following());
        Exposed page = now();
        assertEquals(Double.NaN, page.value("lockservice_fault_tolerance"));
        assertEquals(Double.NaN, page.value("lockservice_peer_lag", THREE));
        assertEquals(Double.NaN, page.value("lockservice_peer_reachable", THREE));
        assertEquals(0, page.value("lockservice_replica_leader"));
        assertEquals(1, page.value("lockservice_replica_ready"));
        assertEquals(3, page.value("lockservice_cell_voters"));
    }

    @Test
    void theStateIsTold() {
        Exposed page = now();
        assertEquals(100, page.value("lockservice_slot_chosen"));
        assertEquals(41, page.value("lockservice_revision"));
        assertEquals(6, page.value("lockservice_epoch"));
        assertEquals(7, page.value("lockservice_sessions"));
        assertEquals(8, page.value("lockservice_nodes"));
        assertEquals(9, page.value("lockservice_locks"));
    }

    @Test
    void aStoppedReplicaLeadsNobody() {
        parts.replica(ScriptedSources.leading(1, 3).stopped("the disk failed"));
        Exposed page = now();
        assertEquals(0, page.value("lockservice_replica_leader"));
        assertEquals(0, page.value("lockservice_replica_ready"));
        assertEquals(Double.NaN, page.value("lockservice_fault_tolerance"));
        assertEquals(41, page.value("lockservice_revision"));
    }

    @Test
    void whoJoinsAppearsAndWhoLeavesIsGone() {
        assertFalse(now().has("lockservice_peer_lag", "peer=\"4\""));
        parts.replica(ScriptedSources.leading(1, 4));
        Exposed grown = now();
        assertEquals(40, grown.value("lockservice_peer_lag", "peer=\"4\""));
        assertEquals(3, grown.value("lockservice_cell_voters"), "a learner has no vote");
        assertEquals(0, grown.value("lockservice_bus_peer_sent_bytes_total", "peer=\"4\""), "nothing was sent yet");

        parts.bus(new BusStatus(List.of(ScriptedSources.peer(2), ScriptedSources.peer(4)), 31, 32));
        assertEquals(14, now().value("lockservice_bus_peer_sent_bytes_total", "peer=\"4\""));

        parts.replica(ScriptedSources.leading(0, 2));
        Exposed shrunk = now();
        assertFalse(shrunk.has("lockservice_peer_lag", THREE));
        assertFalse(shrunk.has("lockservice_bus_peer_sent_bytes_total", "peer=\"4\""));
        assertTrue(shrunk.has("lockservice_peer_lag", TWO));
    }

    @Test
    void theJournalIsTold() {
        Exposed page = now();
        assertEquals(20, page.value("lockservice_journal_append_seconds_count"));
        assertEquals(4, page.value("lockservice_journal_append_seconds_sum"));
        assertEquals(0.5, page.value("lockservice_journal_append_slowest_seconds"));
        assertEquals(300, page.value("lockservice_journal_records_total"));
        assertEquals(6_000, page.value("lockservice_journal_queued_bytes"));
    }

    @Test
    void checkpointsAreTold() {
        assertEquals(Double.NaN, now().value("lockservice_checkpoint_duration_seconds"), "none yet");
        parts.checkpoints(new CheckpointCounters(4, 2, 1, 1_500_000_000L, 90, 12_345));
        Exposed page = now();
        assertEquals(1.5, page.value("lockservice_checkpoint_duration_seconds"));
        assertEquals(12_345, page.value("lockservice_checkpoint_size_bytes"));
        assertEquals(90, page.value("lockservice_checkpoint_slot"));
        assertEquals(4, page.value("lockservice_checkpoint_taken_total"));
        assertEquals(2, page.value("lockservice_checkpoint_refused_total"));
        assertEquals(1, page.value("lockservice_checkpoint_fetched_total"));
    }

    @Test
    void theBusIsTold() {
        Exposed page = now();
        assertEquals(31, page.value("lockservice_bus_damaged_total"));
        assertEquals(32, page.value("lockservice_bus_strangers_total"));
        assertEquals(1, page.value("lockservice_bus_peer_connected", TWO));
        assertEquals(0.25, page.value("lockservice_bus_peer_silence_seconds", TWO));
        assertEquals(11, page.value("lockservice_bus_peer_pending_bytes", TWO));
        assertEquals(14, page.value("lockservice_bus_peer_sent_bytes_total", TWO));
        assertEquals(15, page.value("lockservice_bus_peer_failed_total", TWO));
        assertEquals(16, page.value("lockservice_bus_peer_dropped_total", TWO));
        assertEquals(19, page.value("lockservice_bus_peer_received_bytes_total", TWO));
        assertEquals(20, page.value("lockservice_bus_peer_stale_total", TWO));
        assertEquals(Double.NaN, page.value("lockservice_bus_peer_connected", THREE), "the bus does not know it yet");
    }

    @Test
    void requestsAreCountedByWhatTheyAreAndHowTheyEnd() {
        metrics.ended(HttpMethod.GET, 200, 1_000_000);
        metrics.ended(HttpMethod.HEAD, 204, 2_000_000);
        metrics.ended(HttpMethod.PUT, 409, 500_000_000);
        metrics.ended(HttpMethod.valueOf("BREW"), 505, 1);
        metrics.ended(HttpMethod.DELETE, 0, 1);
        metrics.ended(HttpMethod.POST, 999, 1);
        Exposed page = now();
        String count = "lockservice_http_requests_seconds_count";
        assertEquals(2, page.value(count, "kind=\"read\"", "status=\"2xx\""));
        assertEquals(
                0.003, page.value("lockservice_http_requests_seconds_sum", "kind=\"read\"", "status=\"2xx\""), 1e-9);
        assertEquals(1, page.value(count, "kind=\"write\"", "status=\"4xx\""));
        assertEquals(0.5, page.value("lockservice_http_requests_seconds_max", "kind=\"write\"", "status=\"4xx\""));
        assertEquals(1, page.value(count, "kind=\"other\"", "status=\"5xx\""));
        assertEquals(1, page.value(count, "kind=\"write\"", "status=\"none\""));
        assertEquals(1, page.value(count, "kind=\"write\"", "status=\"5xx\""), "what is no status does no harm");
    }

    @Test
    void theDnsDoorIsTold() {
        DnsMetrics dns = metrics.dns();
        dns.replied(DnsMetrics.Transport.UDP, 0, true);
        dns.replied(DnsMetrics.Transport.TCP, 3, false);
        dns.replied(DnsMetrics.Transport.TCP, 16, false);
        dns.replied(DnsMetrics.Transport.TCP, 9, false);
        dns.dropped(DnsMetrics.Dropped.LIMITED);
        dns.connections(5);
        Exposed page = now();
        String replies = "lockservice_dns_replies_total";
        assertEquals(1, page.value(replies, "transport=\"udp\"", "code=\"noerror\""));
        assertEquals(0, page.value(replies, "transport=\"tcp\"", "code=\"noerror\""));
        assertEquals(1, page.value(replies, "transport=\"tcp\"", "code=\"nxdomain\""));
        assertEquals(1, page.value(replies, "transport=\"tcp\"", "code=\"badvers\""));
        assertEquals(1, page.value(replies, "transport=\"tcp\"", "code=\"other\""));
        assertEquals(1, page.value("lockservice_dns_truncated_total"));
        assertEquals(1, page.value("lockservice_dns_dropped_total", "reason=\"limited\""));
        assertEquals(5, page.value("lockservice_dns_connections"));
    }

    @Test
    void everyMetricSaysWhatItIsAndInWhatAndWhose() {
        for (Meter meter : metrics.meters().getMeters()) {
            Meter.Id id = meter.getId();
            assertEquals("paris", id.getTag("cell"), id.getName());
            assertEquals("1", id.getTag("replica"), id.getName());
            assertNotNull(id.getDescription(), id.getName());
            if (id.getName().startsWith("lockservice.")) {
                assertNotNull(id.getBaseUnit(), id.getName());
            }
        }
    }
}
