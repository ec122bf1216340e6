package io.lockservice.client.lock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class DistributedLockTest {
    private static final String NAME = "/ls/local/jobs/nightly";
    private static final LockOptions FOREVER = LockOptions.exclusive();

    private final ClientFixture fixture = new ClientFixture();
    private final LockServiceClient first = fixture.client();
    private final Session mine = fixture.session(first);
    private final DistributedLock locks = DistributedLock.of(mine);
    private final Session theirs = fixture.session(fixture.client());
    private final DistributedLock others = DistributedLock.of(theirs);

    private List<Call> puts(Session session) {
        return fixture.cell.calls(HttpMethod.PUT, "/v1/locks").stream()
                .filter(call -> session.id().equals(call.headers().get("Lockservice-Session")))
                .toList();
    }

    private static JsonObject body(Call call) {
        return new JsonObject(Objects.requireNonNull(call.body()));
    }

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    @Test
    void acquiresAndReleases() {
        HeldLock lock = fixture.now(locks.acquire("/ls/local/jobs/nightly", FOREVER));
        assertTrue(lock.isHeld());
        assertEquals(1, lock.token());
        assertEquals("token-1", lock.sequencer());
        assertTrue(lock.remainingMs() > 0);
        fixture.now(lock.release());
        assertFalse(lock.isHeld());
        assertEquals(0, lock.remainingMs());
        assertEquals(null, fixture.cell.holder(NAME));
    }

    @Test
    void tryAcquireSaysWhoHolds() {
        fixture.now(others.acquire(NAME, FOREVER.withNote("on host b")));
        Future<HeldLock> refused = locks.tryAcquire(NAME, FOREVER);
        fixture.time.advanceMs(100);
        LockHeldException held = ClientFixture.failure(LockHeldException.class, refused);
        assertEquals("on host b", held.holders().get(0).note());
        assertEquals(theirs.id(), held.holders().get(0).session());
        assertFalse(puts(mine).get(0).headers().isEmpty());
        assertFalse(body(puts(mine).get(0)).containsKey("waitMs"));
    }

    @Test
    void waitsInPollsThatKeepThePlaceAndAreOneOperation() {
        HeldLock held = fixture.now(others.acquire(NAME, FOREVER));
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(70_000);
        assertFalse(waiting.isComplete());
        List<Call> polls = puts(mine);
        assertEquals(4, polls.size());
        for (Call poll : polls) {
            assertEquals(Lane.WAIT, poll.lane());
            assertEquals(20_000L, body(poll).getLong("waitMs"));
            assertTrue(body(poll).getBoolean("keepPlace"));
            assertEquals(
                    polls.get(0).headers().get("Idempotency-Key"),
                    poll.headers().get("Idempotency-Key"));
        }
        held.close();
        HeldLock mineNow = fixture.now(waiting);
        assertEquals(2, mineNow.token());
        assertTrue(mineNow.isHeld());
    }

    @Test
    void theWaitOutlivesACellWithoutLeader() {
        HeldLock held = fixture.now(others.acquire(NAME, FOREVER));
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        for (int i = 0; i < 4; i++) {
            all(FakeReplica.LEADERLESS);
            fixture.time.advanceMs(7_000);
            all(FakeReplica.UP);
            fixture.time.advanceMs(7_000);
        }
        assertFalse(waiting.isComplete());
        assertEquals(List.of(mine.id()), fixture.cell.waiters(NAME));
        held.close();
        assertTrue(fixture.now(waiting).isHeld());
    }

    @Test
    void aLimitedWaitIsCutIntoEqualPollsAndEndsWithTheHoldersName() {
        fixture.now(others.acquire(NAME, FOREVER.withNote("busy")));
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER.waitAtMost(Duration.ofSeconds(50)));
        fixture.time.advanceMs(49_990);
        assertFalse(waiting.isComplete());
        fixture.time.advanceMs(100);
        LockHeldException held = ClientFixture.failure(LockHeldException.class, waiting);
        assertEquals("busy", held.holders().get(0).note());
        assertEquals(
                List.of(16_667L),
                puts(mine).stream()
                        .map(call -> body(call).getLong("waitMs"))
                        .distinct()
                        .toList());
        assertEquals(List.of(), fixture.cell.waiters(NAME), "the place is given up");
    }

    @Test
    void cancelWithdrawsThePlace() {
        fixture.now(others.acquire(NAME, FOREVER));
        LockRequest request = locks.request(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        assertEquals(List.of(mine.id()), fixture.cell.waiters(NAME));
        fixture.now(request.cancel());
        ClientFixture.failure(CancellationException.class, request.held());
        assertEquals(List.of(), fixture.cell.waiters(NAME));
        fixture.time.advanceMs(60_000);
        assertEquals(List.of(), fixture.cell.waiters(NAME), "nothing queues again");
    }

    @Test
    void aGrantThatComesAfterTheCancelIsGivenBack() {
        HeldLock held = fixture.now(others.acquire(NAME, FOREVER));
        fixture.cell.latencyMs(200);
        LockRequest request = locks.request(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        held.close();
        fixture.time.advanceMs(100);
        Future<Void> cancelled = request.cancel();
        fixture.time.advanceMs(21_000);
        assertTrue(cancelled.succeeded());
        assertEquals(null, fixture.cell.holder(NAME));
    }

    @Test
    void twoUsersOfOneSessionExcludeEachOther() {
        HeldLock one = fixture.now(locks.acquire(NAME, FOREVER));
        Future<HeldLock> two = locks.acquire("/ls/local/jobs/nightly", FOREVER);
        fixture.time.advanceMs(30_000);
        assertFalse(two.isComplete(), "the cell would say yes: it knows sessions only");
        assertEquals(1, puts(mine).size());
        Future<HeldLock> impatient = locks.tryAcquire(NAME, FOREVER);
        ClientFixture.failure(LockHeldException.class, impatient);
        Future<HeldLock> limited = locks.acquire(NAME, FOREVER.waitAtMost(Duration.ofSeconds(1)));
        fixture.time.advanceMs(1_000);
        ClientFixture.failure(LockHeldException.class, limited);
        fixture.now(one.release());
        assertTrue(fixture.now(two).token() > one.token());
    }

    @Test
    void anUnknownOutcomeLeavesNothingHeld() {
        all(FakeReplica.DEAF);
        Future<HeldLock> attempt = locks.tryAcquire(NAME, FOREVER);
        fixture.time.advanceMs(10_000);
        assertTrue(ClientFixture.failure(LockServiceException.class, attempt).outcomeUnknown());
        assertEquals(mine.id(), fixture.cell.holder(NAME));
        all(FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        assertEquals(null, fixture.cell.holder(NAME));
    }

    @Test
    void aReleaseThatFailsIsTriedOn() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        all(FakeReplica.REFUSING);
        Future<Void> release = lock.release();
        assertFalse(lock.isHeld());
        Future<HeldLock> next = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(10_000);
        assertTrue(release.failed(), "the caller is told in time");
        all(FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        HeldLock again = ClientFixture.result(next);
        assertNotEquals(lock.token(), again.token(), "it was released in between");
        assertTrue(again.isHeld());
    }

    @Test
    void releasingTwiceIsNoError() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        Future<Void> one = lock.release();
        Future<Void> two = lock.release();
        fixture.time.advanceMs(100);
        assertTrue(one.succeeded());
        assertTrue(two.succeeded());
        assertEquals(1, fixture.cell.calls(HttpMethod.DELETE, "/v1/locks").size());
    }

    @Test
    void isNotHeldFromTheMomentTheLeaseIsOverHere() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        all(FakeReplica.SILENT);
        fixture.time.advanceMs(11_579);
        assertTrue(lock.isHeld());
        fixture.time.advanceMs(1);
        assertFalse(lock.isHeld());
        assertEquals(mine.id(), fixture.cell.holder(NAME), "here it ends first");
    }

    @Test
    void isToldOnceWhenLost() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        List<String> lost = new ArrayList<>();
        lock.onLost(reason -> lost.add(reason.code()));
        fixture.cell.endAllSessions();
        fixture.time.advanceMs(6_000);
        assertEquals(List.of("session-expired"), lost);
        assertFalse(lock.isHeld());
        lock.onLost(reason -> lost.add("late " + reason.code()));
        fixture.now(lock.release());
        assertEquals(List.of("session-expired", "late session-expired"), lost);
    }

    @Test
    void anOperatorsReleaseIsNoticed() {
        HeldLock lock = fixture.now(locks.acquire(NAME, FOREVER));
        List<String> lost = new ArrayList<>();
        lock.onLost(reason -> lost.add(reason.code()));
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(5_000);
        assertEquals(List.of("lock-lost"), lost);
        assertFalse(lock.isHeld());
        assertTrue(mine.isSafe());
    }

    @Test
    void anEventAboutAnEarlierHoldDoesNotEndThisOne() {
        HeldLock earlier = fixture.now(locks.acquire(NAME, FOREVER));
        fixture.cell.forceRelease(NAME);
        fixture.now(earlier.release());
        HeldLock again = fixture.now(locks.acquire(NAME, FOREVER));
        fixture.time.advanceMs(6_000);
        assertEquals(
                1, fixture.cell.calls(HttpMethod.POST, "/v1/sequencers/check").size(), "the event came");
        assertTrue(again.isHeld());
    }

    @Test
    void aGrantThatArrivesAfterTheLeaseIsNotDeliveredBeforeTheSessionIsSafe() {
        fixture.now(others.acquire(NAME, FOREVER));
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER);
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(15_000);
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(1_000);
        assertEquals(mine.id(), fixture.cell.holder(NAME), "granted");
        assertEquals(Session.State.JEOPARDY, mine.state());
        assertFalse(waiting.isComplete(), "but nobody may believe it");
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        assertTrue(ClientFixture.result(waiting).isHeld());
    }

    @Test
    void aRequestCancelledInJeopardyGivesBackWhatItWasGranted() {
        fixture.now(others.acquire(NAME, FOREVER));
        LockRequest request = locks.request(NAME, FOREVER);
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.DEAF);
        fixture.time.advanceMs(15_000);
        fixture.cell.forceRelease(NAME);
        fixture.time.advanceMs(1_000);
        assertEquals(mine.id(), fixture.cell.holder(NAME));
        Future<Void> cancelled = request.cancel();
        Future<HeldLock> next = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(1_000);
        assertEquals(mine.id(), fixture.cell.holder(NAME), "nothing is done in jeopardy");
        fixture.cell.lane(Lane.KEEP_ALIVE, FakeReplica.UP);
        fixture.time.advanceMs(5_000);
        ClientFixture.result(cancelled);
        assertEquals(3, ClientFixture.result(next).token());
        assertEquals(mine.id(), fixture.cell.holder(NAME), "the cancelled request takes nothing from the next");
    }

    @Test
    void theEndOfTheSessionEndsTheWait() {
        fixture.now(others.acquire(NAME, FOREVER));
        Future<HeldLock> waiting = locks.acquire(NAME, FOREVER);
        fixture.time.advanceMs(100);
        fixture.now(mine.close());
        ClientFixture.failure(SessionExpiredException.class, waiting);
    }

    @Test
    void aBadNameIsRefusedHere() {
        int sent = fixture.cell.calls().size();
        LockServiceException bad =
                ClientFixture.failure(LockServiceException.class, locks.acquire("jobs/nightly", FOREVER));
        assertEquals("bad-name", bad.code());
        assertEquals(sent, fixture.cell.calls().size());
    }
}
