package io.lockservice.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.transport.Lane;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
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

    @Test
    void aLossThatIsToldBeforeTheGrantArrivesIsNoticed() {
        fixture.cell.lane(Lane.WAIT, FakeReplica.DEAF);
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        assertEquals(mine.id(), fixture.cell.holder(NAME), "granted, and the answer was lost");
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(1_000);
        fixture.cell.lane(Lane.WAIT, FakeReplica.UP);
        HeldLock theirs = fixture.now(others.acquire(NAME, FOREVER));
        fixture.time.advanceMs(60_000);
        HeldLock lock = ClientFixture.result(waiting);
        assertTrue(theirs.isHeld());
        assertFalse(lock.isHeld());
        List<String> lost = new ArrayList<>();
        lock.onLost(reason -> lost.add(reason.code()));
        assertEquals(List.of("lock-lost"), lost);
    }

    @Test
    void whetherALockWasLostIsAskedUntilSomebodyAnswers() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        fixture.cell.lane(Lane.CALL, FakeReplica.SILENT);
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(30_000);
        fixture.cell.lane(Lane.CALL, FakeReplica.UP);
        fixture.time.advanceMs(30_000);
        assertTrue(mine.isSafe());
        assertFalse(lock.isHeld());
    }

    @Test
    void whoMissedEventsAsksWhetherItsLocksAreHeld() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        HeldLock other = fixture.now(locks.acquire(NAME + "-2", FOREVER));
        fixture.now(
                client.execute(Operation.delete(DistributedLock.path(NAME)).header("Lockservice-Session", mine.id())));
        assertTrue(lock.isHeld(), "nobody said anything");
        fixture.cell.tell(mine.id(), "events-dropped", "");
        fixture.time.advanceMs(1_000);
        assertFalse(lock.isHeld());
        assertTrue(other.isHeld());
    }

    @Test
    void aWithdrawalThatIsSlowTakesNothingFromTheNextHolderInTheSession() {
        HeldLock theirs = fixture.now(others.acquire(NAME, FOREVER));
        LockRequest request = locks.request(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        fixture.cell.latencyMs(1_500);
        Future<Void> cancelled = request.cancel();
        fixture.cell.latencyMs(1);
        Future<HeldLock> next = locks.acquire(NAME, FOREVER);
        theirs.close();
        fixture.time.advanceMs(5_000);
        assertTrue(cancelled.succeeded());
        assertTrue(ClientFixture.result(next).isHeld());
        assertEquals(mine.id(), fixture.cell.holder(NAME));
    }

    @Test
    void givingBackAStrayGrantTakesNothingFromTheNextHolderInTheSession() {
        fixture.cell.latencyMs(1_500);
        fixture.cell.tell(mine.id(), "lock-acquired", NAME);
        fixture.cell.latencyMs(1);
        Future<HeldLock> next = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(5_000);
        assertTrue(ClientFixture.result(next).isHeld());
        assertEquals(mine.id(), fixture.cell.holder(NAME));
    }
}
