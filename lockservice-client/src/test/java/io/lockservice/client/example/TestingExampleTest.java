package io.lockservice.client.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.testkit.ClientNetwork;
import io.lockservice.client.testkit.LockServiceCell;
import io.lockservice.client.testkit.LockServiceTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The snippets of docs/testing.md. */
@Timeout(120)
class TestingExampleTest {
    @LockServiceTest
    static class WorkerTest {
        @Test
        void aLockOutlivesTheLeader(LockServiceCell cell, Session session) {
            HeldLock lock = LockServiceCell.await(
                    DistributedLock.of(session).acquire("/ls/local/app/job", LockOptions.exclusive()));
            cell.killLeader();
            assertTrue(LockServiceCell.await(lock.check()));
        }
    }

    @Test
    void theAccident() {
        try (LockServiceCell cell = LockServiceCell.builder().leaderLeaseMs(500).start()) {
            LockServiceClient a = cell.client("a");
            LockServiceClient b = cell.client("b");
            HeldLock first = acquired(cell.session(a, SessionOptions.named("a").withLeaseMs(1_000)));
            cell.pause(a, Duration.ofMinutes(1));
            HeldLock second = acquired(cell.session(b, SessionOptions.named("b")));
            assertFalse(first.isHeld());
            assertTrue(second.token() > first.token());
            cell.resume(a);
        }
    }

    private static HeldLock acquired(Session session) {
        return LockServiceCell.await(DistributedLock.of(session).acquire("/ls/local/app/job", LockOptions.exclusive()));
    }

    @Test
    void expiryAndLockDelay() {
        try (LockServiceCell cell = LockServiceCell.builder().replicas(1).start()) {
            Session session = cell.session("dying");
            LockOptions delayed = LockOptions.exclusive().withLockDelayMs(10_000);
            LockServiceCell.await(DistributedLock.of(session).acquire("/ls/local/app/job", delayed));
            cell.expire(session);
            assertEquals(Session.State.EXPIRED, session.state());
            LockServiceException refused = assertThrows(
                    LockServiceException.class,
                    () -> LockServiceCell.await(DistributedLock.of(cell.session("next"))
                            .tryAcquire("/ls/local/app/job", LockOptions.exclusive())));
            assertEquals("lock-delayed", refused.code());
        }
    }

    @Test
    void aClientOfTheApplications() {
        try (LockServiceCell cell = LockServiceCell.builder().replicas(1).start()) {
            ClientNetwork network = cell.network("application");
            try (LockServiceClient own = LockServiceClient.connect(network.clientOptions())) {
                Session session = cell.session(own, SessionOptions.named("own"));
                network.delay(Duration.ofMillis(200));
                network.heal();
                assertTrue(session.isSafe());
            }
        }
    }
}
