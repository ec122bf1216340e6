package io.lockservice.client.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.ClientFixture;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.fake.FakeReplica;
import io.lockservice.client.fake.VirtualTime;
import io.lockservice.client.lock.HeldLock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What is lost is known to be lost before the cell can give it to others; and answers that do not come. On virtual time. */
class LossTest {
    private static final String NAME = "/ls/local/app/x";
    private static final long LEASE_MS = 12_000;
    private static final long SMALL_STACK_BYTES = 256 * 1_024;

    private final ClientFixture fixture = new ClientFixture();
    private final VirtualTime.Machine machine = fixture.time.machine();
    private final LockServiceClient client =
            fixture.client(machine, ClientOptions.of(ClientFixture.A, ClientFixture.B, ClientFixture.C));
    private final Session mine = fixture.session(client);
    private final Session theirs = fixture.session(fixture.client());

    private void all(FakeReplica behaviour) {
        ClientFixture.URLS.forEach(url -> fixture.cell.replica(url, behaviour));
    }

    /** Until it is so; the time it was looked at last, before. */
    private long untilFalse(BooleanSupplier what) {
        long lastMs = -1;
        while (what.getAsBoolean()) {
            assertTrue(lastMs < 4 * LEASE_MS, "not lost in time");
            lastMs = fixture.time.elapsedMs();
            fixture.time.advanceMs(1);
        }
        return lastMs;
    }

    @Test
    void aPermitIsLostHereBeforeItIsAnothers() {
        HeldLock permit = fixture.now(DistributedSemaphore.of(mine, NAME, 1).acquire(PermitOptions.defaults()));
        Future<HeldLock> heir = DistributedSemaphore.of(theirs, NAME, 1).acquire(PermitOptions.defaults());
        fixture.time.advanceMs(1_000);
        assertTrue(permit.isHeld());
        assertFalse(heir.isComplete());
        machine.pause();
        long lastMs = untilFalse(permit::isHeld);
        assertFalse(heir.isComplete(), "before the cell has given it away");
        assertTrue(lastMs < LEASE_MS);
        fixture.time.advanceMs(LEASE_MS + 20_000);
        assertTrue(ClientFixture.result(heir).isHeld());
        assertFalse(permit.isHeld());
        List<LockServiceException> told = new ArrayList<>();
        permit.onLost(told::add);
        machine.resume();
        fixture.time.advanceMs(60_000);
        assertEquals("session-expired", told.get(0).code());
    }

    @Test
    void aMembershipIsLostHereBeforeOthersCanBeTold() {
        Membership member = fixture.now(GroupMembership.of(client, NAME).join(mine, "a", Buffer.buffer("1")));
        List<LockServiceException> told = new ArrayList<>();
        member.onLost(told::add);
        fixture.time.advanceMs(30_000);
        assertTrue(member.isMember());
        machine.pause();
        untilFalse(member::isMember);
        assertEquals(1, members().size(), "the group still has it");
        fixture.time.advanceMs(LEASE_MS);
        assertEquals(0, members().size());
        machine.resume();
        fixture.time.advanceMs(60_000);
        assertEquals(1, told.size());
        assertFalse(member.isMember());
    }

    private List<Member> members() {
        return fixture.now(GroupMembership.of(theirs.client(), NAME).members());
    }

    @Test
    void aPassIsOverHereBeforeOthersGoOnWithoutIt() {
        Waiting<Pass> entering = DistributedDoubleBarrier.of(mine, NAME, 2).enter();
        fixture.time.advanceMs(100);
        Pass other =
                fixture.now(DistributedDoubleBarrier.of(theirs, NAME, 2).enter().future());
        fixture.time.advanceMs(25_000);
        Pass pass = ClientFixture.result(entering.future());
        assertEquals(other.round(), pass.round());
        assertTrue(pass.isIn());
        Waiting<Void> leaving = other.leave();
        machine.pause();
        untilFalse(pass::isIn);
        assertFalse(leaving.future().isComplete());
        fixture.time.advanceMs(LEASE_MS + 21_000);
        assertTrue(leaving.future().succeeded());
    }

    @Test
    void aWriteWhoseAnswersAreLostIsSettledAndDoneOnce() {
        AtomicCounter counter = AtomicCounter.of(client, NAME);
        assertEquals(1, fixture.now(counter.incrementAndGet()));
        Future<Long> second = counter.incrementAndGet();
        // The read is answered; the write is on its way, and will not be.
        fixture.time.advanceMs(1);
        all(FakeReplica.DEAF);
        fixture.time.advanceMs(25_000);
        assertFalse(second.isComplete(), "longer than an operation is tried");
        all(FakeReplica.UP);
        fixture.time.advanceMs(15_000);
        assertEquals(2, ClientFixture.result(second));
        assertEquals(2, fixture.now(counter.get()));
        assertEquals(
                2,
                fixture.cell.calls(HttpMethod.PUT, "/v1/files").stream()
                        .map(call -> call.headers().get("Idempotency-Key"))
                        .distinct()
                        .count());
    }

    @Test
    void whatCannotBeSettledInTimeSaysSo() {
        AtomicRegister register = AtomicRegister.of(client, NAME).settlingWithin(Duration.ofSeconds(15));
        all(FakeReplica.DEAF);
        Future<AtomicRegister.Value> lost = register.set("x");
        fixture.time.advanceMs(60_000);
        ClientFixture.failure(OutcomeUnknownException.class, lost);
        all(FakeReplica.UP);
        Optional<AtomicRegister.Value> value = fixture.now(register.get());
        assertEquals("x", value.orElseThrow().text());
    }

    @Test
    void whoCancelsWhileItIsUnknownWhetherItCameInLeavesNoMember() {
        all(FakeReplica.DEAF);
        Waiting<Pass> entering = DistributedDoubleBarrier.of(mine, NAME, 2).enter();
        fixture.time.advanceMs(1_000);
        Future<Void> cancelled = entering.cancel();
        ClientFixture.failure(CancellationException.class, entering.future());
        // Longer than an operation is tried: it is unknown now, and one of its packets may be late.
        fixture.time.advanceMs(11_000);
        assertFalse(cancelled.isComplete());
        assertEquals(List.of(), fixture.cell.calls(HttpMethod.DELETE, "/v1/nodes"), "not before that is settled");
        all(FakeReplica.UP);
        fixture.time.advanceMs(10_000);
        ClientFixture.result(cancelled);
        assertEquals(List.of(), fixture.now(NodeCalls.children(client, NAME + "/in")));
    }

    @Test
    void aStandingMemberThatWasPausedLostItsPlaceAndTakesItAgain() {
        List<String> told = new ArrayList<>();
        StandingMembership standing = GroupMembership.of(client, NAME)
                .keepJoined("a", Buffer.buffer("1"), SessionOptions.named("a"), new StandingMembership.Listener() {
                    @Override
                    public void joined(Membership membership) {
                        told.add("joined " + membership.token());
                    }

                    @Override
                    public void lost(LockServiceException reason) {
                        told.add(reason.code());
                    }
                });
        fixture.time.advanceMs(1_000);
        machine.pause();
        fixture.time.advanceMs(LEASE_MS + 60_000);
        assertTrue(standing.membership().isEmpty());
        machine.resume();
        fixture.time.advanceMs(30_000);
        assertEquals(List.of("joined 1", "session-expired", "joined 2"), told);
        assertTrue(standing.membership().isPresent());
    }

    @Test
    void aWatchThatMissedEventsComparesEverybody() {
        GroupMembership group = GroupMembership.of(client, NAME);
        List<String> told = new ArrayList<>();
        group.watch(new MemberListener() {
            @Override
            public void joined(Member member) {
                told.add("+" + member.id() + member.data());
            }

            @Override
            public void left(Member member) {
                told.add("-" + member.id() + member.data());
            }

            @Override
            public void changed(Member member) {
                told.add("~" + member.id() + member.data());
            }
        });
        Membership a = fixture.now(group.join(mine, "a", Buffer.buffer("1")));
        Membership b = fixture.now(group.join(theirs, "b", Buffer.buffer("1")));
        fixture.now(group.join(mine, "c", Buffer.buffer("1")));
        missAll();
        assertEquals(List.of("+a1", "+b1", "+c1"), told);
        fixture.now(a.leave());
        fixture.now(b.leave());
        fixture.now(group.join(mine, "b", Buffer.buffer("2")).compose(again -> again.setData(Buffer.buffer("3"))));
        fixture.now(group.join(theirs, "d", Buffer.buffer("1")));
        missAll();
        assertEquals(List.of("+a1", "+b1", "+c1", "-a1", "-b1", "+b3", "+d1"), told);
    }

    private void missAll() {
        fixture.cell.compactEvents();
        fixture.time.advanceMs(45_000);
    }

    /** The cell has given the permit, and the answer is on its way, when nobody wants it any more. */
    @Test
    void whoCancelsWhileAPermitIsTakenIsDoneWhenNothingIsLeft() {
        for (int cancelMs = 0; cancelMs < 160; cancelMs += 5) {
            ClientFixture fresh = new ClientFixture();
            Session session = fresh.session(fresh.client());
            fresh.cell.latencyMs(10);
            PermitRequest request = DistributedSemaphore.of(session, NAME, 1).request(PermitOptions.defaults());
            fresh.time.advanceMs(cancelMs);
            if (request.held().isComplete()) {
                return;
            }
            Future<Void> cancelled = request.cancel();
            while (!cancelled.isComplete()) {
                fresh.time.advanceMs(1);
            }
            assertNull(fresh.cell.holder(NAME + "/slots/0"), "cancelled after " + cancelMs + " ms");
            assertNull(fresh.cell.holder(NAME + "/queue"), "cancelled after " + cancelMs + " ms");
        }
        throw new AssertionError("there was no permit in time");
    }

    /** With a small stack, so that the group need not be even larger. */
    @Test
    void aWatchOfALargeGroupGoesOn() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable watching = () -> {
            try {
                watchALargeGroup();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        };
        new Thread(null, watching, "small stack", SMALL_STACK_BYTES).start();
        done.get(60, TimeUnit.SECONDS);
    }

    private void watchALargeGroup() {
        GroupMembership group = GroupMembership.of(client, NAME);
        int many = 5_000;
        List<Future<Membership>> joining = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            joining.add(group.join(mine, "m" + i, Buffer.buffer("1")));
        }
        fixture.time.advanceMs(1_000);
        joining.forEach(ClientFixture::result);
        List<String> told = new ArrayList<>();
        group.watch(new MemberListener() {
            @Override
            public void joined(Member member) {
                told.add(member.id());
            }

            @Override
            public void left(Member member) {
                throw new AssertionError(member);
            }
        });
        fixture.time.advanceMs(100_000);
        assertEquals(many, told.size());
        fixture.now(group.join(theirs, "late", Buffer.buffer("1")));
        fixture.cell.compactEvents();
        fixture.time.advanceMs(100_000);
        assertEquals(many + 1, told.size());
    }

    @Test
    void waitsEndWithTheClient() {
        fixture.now(DistributedBarrier.of(theirs.client(), NAME).set());
        Waiting<Void> waiting = DistributedBarrier.of(client, NAME).await();
        fixture.time.advanceMs(1_000);
        client.shutdown();
        fixture.time.advanceMs(1_000);
        ClientFixture.failure(CancellationException.class, waiting.future());
    }
}
