package io.lockservice.client.survival;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.testkit.LockServiceCell;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class OutageTest {
    /** No longer than it takes for the leases to run out: how much longer makes no difference to anybody but the clock. */
    @Test
    void whenEveryReplicaIsDownEachClientKnowsWhatItMayBelieve() throws InterruptedException {
        try (LockServiceCell cell = LockServiceCell.start()) {
            Outage.Result result = new Outage(cell, 3_000).run(() -> {});
            assertEquals(List.of("jeopardy", "safe"), result.patientStates());
            assertTrue(result.patientHolds(), "the cell gave every session a full lease");
            assertEquals(List.of("jeopardy", "expired"), result.hastyStates());
            assertFalse(result.hastyHolds());
        }
    }
}
