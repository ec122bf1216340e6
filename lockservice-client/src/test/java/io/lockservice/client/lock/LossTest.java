package io.lockservice.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** Nobody may believe to hold what the cell has given to somebody else. */
class LossTest {
    private static final String NAME = "/ls/local/jobs/nightly";
    private static final LockOptions FOREVER = LockOptions.exclusive();

    private final ClientFixture fixture = new ClientFixture();
    private final LockServiceClient client = fixture.client();
    private final Session mine = fixture.session(client);
    private final DistributedLock locks = DistributedLock.of(mine);
    private final DistributedLock others = DistributedLock.of(fixture.session(fixture.client()));

    @Test
    void releasingWhatWasLostTakesNothingFromTheNextHolderInTheSession() {
        HeldLock lost = fixture.now(locks.acquire(NAME, FOREVER));
        Future<HeldLock> next = locks.acquire(NAME, FOREVER);
        fixture.cell.forceRelease(NAME);
        HeldLock held = fixture.now(next);
        assertFalse(lost.isHeld());
        fixture.now(lost.release());
        fixture.time.advanceMs(1_000);
        assertTrue(held.isHeld());
        assertEquals(mine.id(), fixture.cell.holder(NAME));
    }
}
