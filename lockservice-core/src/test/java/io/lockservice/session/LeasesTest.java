package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private static final long MS = 1_000_000;

    private final Leases leases = new Leases();

    @Test
    void aLeaseThatIsRenewedLastsFromThenOn() {
        leases.open("s", 1_000, 0);
        leases.renew("s", 600 * MS);
        assertEquals(List.of(), leases.takeExpired(1_599 * MS, 10));
        assertEquals(List.of("s"), leases.takeExpired(1_600 * MS, 10));
    }

    @Test
    void aSessionWhoseEndWasProposedIsNeverRenewedAndItsEndIsProposedAgain() {
        leases.open("s", 1_000, 0);
        leases.takeExpired(1_000 * MS, 10);
        assertTrue(leases.isEnding("s"));
        leases.renew("s", 1_001 * MS);
        assertEquals(0, leases.remainingMs("s", 1_001 * MS));
        assertEquals(List.of("s"), leases.takeExpired(1_250 * MS, 10));
        leases.ended("s");
        assertFalse(leases.isEnding("s"));
        assertEquals(-1, leases.remainingMs("s", 1_251 * MS));
        assertEquals(List.of(), leases.takeExpired(9_000 * MS, 10));
    }

    @Test
    void aLeaseThatIsToRunOutIsNotRenewedAnyMore() {
        leases.open("s", 60_000, 0);
        leases.open("other", 60_000, 0);
        leases.runOut("s", 10 * MS);
        leases.runOut("unknown", 10 * MS);
        leases.renew("s", 11 * MS);
        assertTrue(leases.isOver("s", 11 * MS));
        assertEquals(0, leases.remainingMs("s", 11 * MS));
        assertEquals(List.of("s"), leases.takeExpired(12 * MS, 10));
        leases.runOut("s", 13 * MS);
        assertEquals(List.of(), leases.takeExpired(14 * MS, 10), "proposed already");
        leases.ended("s");
        leases.runOut("s", 15 * MS);
        assertEquals(List.of(), leases.takeExpired(16 * MS, 10));
    }

    @Test
    void aSessionThatClosesEndsInTimeWhateverKeepAlivesCome() {
        leases.open("s", 1_000, 0);
        leases.close("s", 300, 0);
        leases.renew("s", 200 * MS);
        assertEquals(100, leases.remainingMs("s", 200 * MS));
        assertEquals(List.of("s"), leases.takeExpired(300 * MS, 10));
    }

    @Test
    void closingSetsTheEndWhateverIsLeftOfTheLease() {
        leases.open("s", 1_000, 0);
        leases.close("s", 3_000, 0);
        leases.renew("s", 900 * MS);
        assertEquals(List.of(), leases.takeExpired(2_999 * MS, 10));
        assertEquals(List.of("s"), leases.takeExpired(3_000 * MS, 10));
    }

    @Test
    void closingAgainBringsTheEndNearerAndNotFurtherAway() {
        leases.open("s", 1_000, 0);
        leases.close("s", 3_000, 0);
        leases.close("s", 60_000, 0);
        leases.close("s", 2_000, 0);
        assertEquals(List.of("s"), leases.takeExpired(2_000 * MS, 10));
    }

    @Test
    void aLimitLeavesTheRestForTheNextTime() {
        for (int i = 0; i < 5; i++) {
            leases.open("s" + i, 1_000 + i, 0);
        }
        assertEquals(List.of("s0", "s1", "s2"), leases.takeExpired(2_000 * MS, 3));
        assertEquals(List.of("s3", "s4"), leases.takeExpired(2_000 * MS, 3));
    }

    @Test
    void anUnknownSessionHasNoLease() {
        leases.renew("s", 0);
        leases.close("s", 10, 0);
        assertEquals(-1, leases.remainingMs("s", 0));
        assertEquals(0, leases.leaseMs("s"));
    }
}
