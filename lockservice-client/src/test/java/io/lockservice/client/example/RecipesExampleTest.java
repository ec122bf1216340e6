package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.coordination.AtomicCounter;
import io.lockservice.client.coordination.AtomicRegister;
import io.lockservice.client.coordination.DistributedBarrier;
import io.lockservice.client.coordination.DistributedDoubleBarrier;
import io.lockservice.client.coordination.DistributedSemaphore;
import io.lockservice.client.coordination.GroupMembership;
import io.lockservice.client.coordination.Member;
import io.lockservice.client.coordination.MemberListener;
import io.lockservice.client.coordination.MemberWatch;
import io.lockservice.client.coordination.Pass;
import io.lockservice.client.coordination.PermitOptions;
import io.lockservice.client.coordination.StandingMembership;
import io.lockservice.client.coordination.Waiting;
import io.lockservice.client.election.ElectionOptions;
import io.lockservice.client.election.LatchListener;
import io.lockservice.client.election.LeaderLatch;
import io.lockservice.client.election.Leadership;
import io.lockservice.client.election.Participant;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.lock.SharedLock;
import io.lockservice.client.threadlock.ThreadLock;
import io.lockservice.client.threadlock.ThreadLocks;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The snippets of docs/recipes.md, and a latch against a real cell. */
class RecipesExampleTest extends CellTest {
    private final List<String> written = Collections.synchronizedList(new ArrayList<>());

    private void write(String text, long token) {
        written.add(text + " with " + token);
    }

    private void stop() {
        written.add("stopped");
    }

    @Test
    void locksAndPermits() {
        Session session = session(12_000);
        // docs/recipes.md
        DistributedLock locks = DistributedLock.of(session);
        Future<Void> done = locks.acquire("/ls/local/app/primary", LockOptions.exclusive())
                .compose(lock -> {
                    lock.onLost(reason -> stop());
                    write("report", lock.token());
                    return lock.release();
                });
        TestCell.await(done);
        SharedLock table = SharedLock.of(session, "/ls/local/app/table");
        Future<HeldLock> reading = table.read().acquire();
        Future<HeldLock> writing = reading.compose(HeldLock::release)
                .compose(
                        ignored -> table.write().acquire(LockOptions.exclusive().waitAtMost(Duration.ofSeconds(10))));
        assertTrue(TestCell.await(writing).isHeld());
        DistributedSemaphore connections = DistributedSemaphore.of(session, "/ls/local/app/connections", 5);
        Future<Void> used = connections
                .acquire(PermitOptions.defaults().withNote("import"))
                .compose(permit -> {
                    write("import", permit.token());
                    return permit.release();
                });
        TestCell.await(used);
        assertEquals(2, written.size());
    }

    @Test
    void locksOfThreads() {
        LockServiceClient client = client();
        ThreadLocks locks = ThreadLocks.with(client, SessionOptions.named("host-a"));
        ThreadLock lock = locks.lock("/ls/local/app/primary");
        lock.lock();
        try {
            write("report", lock.token().orElseThrow());
        } finally {
            lock.unlock();
        }
        assertEquals(1, written.size());
    }

    @Test
    void aLatch() throws Exception {
        LockServiceClient client = client();
        LeaderLatch latch = LeaderLatch.of(client, "/ls/local/app/leader", ElectionOptions.named("host-a"));
        latch.addListener(new LatchListener() {
            @Override
            public void isLeader(Leadership leadership) {
                write("I lead", leadership.token());
            }

            @Override
            public void notLeader() {
                stop();
            }
        });
        latch.start();
        Leadership leadership = latch.await(Duration.ofMinutes(1)).orElseThrow();
        if (leadership.isLeader()) {
            write("report", leadership.token());
        }
        assertTrue(latch.hasLeadership());
        LeaderLatch second = LeaderLatch.of(client(), "/ls/local/app/leader", ElectionOptions.named("host-b"));
        second.start();
        assertTrue(second.await(Duration.ofMillis(10)).isEmpty());
        awaitWaiters("/ls/local/app/leader", 1);
        List<Participant> participants = TestCell.await(latch.participants());
        assertEquals(
                List.of("host-a", "host-b"),
                participants.stream().map(Participant::client).toList());
        assertTrue(participants.get(0).isLeader() && !participants.get(1).isLeader());
        cell.stop(leader());
        latch.close();
        assertFalse(leadership.isLeader() || latch.hasLeadership());
        Leadership next = TestCell.await(second.await());
        assertTrue(next.token() > leadership.token());
        assertThrows(CancellationException.class, () -> latch.await(Duration.ofMinutes(1)));
        assertTrue(written.contains("stopped"));
        second.close();
    }

    @Test
    void barriers() {
        LockServiceClient client = client();
        Session session = session(12_000);
        DistributedBarrier gate = DistributedBarrier.of(client, "/ls/local/app/maintenance");
        Future<Boolean> closed = gate.setFor(session);
        TestCell.await(closed);
        Waiting<Void> waiting = gate.await();
        waiting.future().onSuccess(open -> stop());
        TestCell.await(gate.remove());
        TestCell.await(waiting.future());
    }

    @Test
    void registers() {
        LockServiceClient client = client();
        HeldLock lock = TestCell.await(
                DistributedLock.of(session(12_000)).acquire("/ls/local/app/primary", LockOptions.exclusive()));
        AtomicCounter orders = AtomicCounter.of(client, "/ls/local/app/orders");
        Future<Long> number = orders.incrementAndGet();
        AtomicRegister config = AtomicRegister.of(client, "/ls/local/app/config");
        Future<AtomicRegister.Value> extended = config.update(
                content -> Buffer.buffer(content.map(Buffer::toString).orElse("") + "size=3\n"));
        Future<AtomicRegister.Value> fenced =
                extended.compose(ignored -> config.fencedBy(lock).set("size=4"));
        assertEquals(1, TestCell.await(number));
        assertEquals(2, TestCell.await(fenced).generation());
    }

    @Test
    void members() throws Exception {
        LockServiceClient client = client();
        CountDownLatch seen = new CountDownLatch(1);
        GroupMembership workers = GroupMembership.of(client, "/ls/local/app/workers");
        StandingMembership mine = workers.keepJoined(
                "host-a", Buffer.buffer("10.0.0.7:8080"), SessionOptions.named("host-a"), joined -> {});
        MemberWatch watch = workers.watch(new MemberListener() {
            @Override
            public void joined(Member member) {
                seen.countDown();
            }

            @Override
            public void left(Member member) {
                stop();
            }
        });
        assertTrue(seen.await(60, TimeUnit.SECONDS));
        mine.close();
        watch.close();
    }

    @Test
    void roundsTogether() {
        DistributedDoubleBarrier other = DistributedDoubleBarrier.of(session(12_000), "/ls/local/app/round", 2);
        Waiting<Pass> others = other.enter();
        Session session = session(12_000);
        DistributedDoubleBarrier rounds = DistributedDoubleBarrier.of(session, "/ls/local/app/round", 2);
        Future<Void> together = rounds.enter().future().compose(pass -> {
            write("my part of the round", pass.round());
            return pass.leave().future();
        });
        TestCell.await(others.future()).leave();
        TestCell.await(together);
    }
}
