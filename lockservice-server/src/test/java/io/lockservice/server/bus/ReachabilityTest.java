package io.lockservice.server.bus;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReachabilityTest {
    private final Reachability reachability = new Reachability();

    @Test
    void isLostOnce() {
        assertTrue(reachability.failed());
        assertFalse(reachability.failed());
    }

    @Test
    void isBackOnceAWriteSucceededAndSomethingWasHeard() {
        assertTrue(reachability.failed());
        assertFalse(reachability.written());
        assertFalse(reachability.written());
        assertTrue(reachability.heard());
        assertFalse(reachability.written());
        assertTrue(reachability.failed());
        assertFalse(reachability.heard());
        assertTrue(reachability.written());
    }

    @Test
    void aFailureForgetsWhatWasBeforeIt() {
        assertTrue(reachability.failed());
        assertFalse(reachability.written());
        assertFalse(reachability.failed());
        assertFalse(reachability.heard());
        assertTrue(reachability.written());
    }

    @Test
    void sayingNothingWhileAllIsWell() {
        assertFalse(reachability.written());
        assertFalse(reachability.heard());
    }
}
