package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.LogWindow;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcceptorTest {
    private static final long LEASE = PaxosSettings.DEFAULT.leaseMs() * 1_000_000;
    private static final ProposalNumber OF_1 = new ProposalNumber(5, 1);
    private static final ProposalNumber OF_2 = new ProposalNumber(6, 2);

    private final Host host = new Host();
    private final LogWindow log = new LogWindow(1 << 20);
    private final Acceptor acceptor = new Acceptor(3, PaxosSettings.DEFAULT, host, log);

    @Test
    void whoGrantedALeasePromisesNobodyElseUntilItHasRun() {
        heartbeat(OF_1, 0);
        acceptor.prepare(2, new PaxosMessage.Prepare(OF_2, 1), LEASE - 1);
        assertInstanceOf(PaxosMessage.Rejected.class, host.last());
        assertEquals(OF_1, acceptor.promised());
        acceptor.prepare(2, new PaxosMessage.Prepare(OF_2, 1), LEASE);
        host.sync();
        assertInstanceOf(PaxosMessage.Promise.class, host.last());
    }

    @Test
    void everyHeartbeatAndEveryAcceptGrantsAnew() {
        heartbeat(OF_1, 0);
        heartbeat(OF_1, LEASE / 2);
        assertFalse(acceptor.willing(2, LEASE));
        accept(OF_1, 1, LEASE);
        assertFalse(acceptor.willing(2, 2 * LEASE - 1));
        assertTrue(acceptor.willing(2, 2 * LEASE));
    }

    @Test
    void theLeaderItselfMayHaveANewNumber() {
        heartbeat(OF_1, 0);
        acceptor.prepare(1, new PaxosMessage.Prepare(OF_1.next(1), 1), 1);
        assertEquals(OF_1.next(1), acceptor.promised());
    }

    @Test
    void aLeaseThatWasGivenUpIsOverAtOnceButNotByAnEarlierLeadersWord() {
        heartbeat(OF_2, 0);
        acceptor.endLease(OF_1);
        assertFalse(acceptor.willing(1, 1));
        acceptor.endLease(OF_2);
        assertTrue(acceptor.willing(1, 1));
    }

    @Test
    void afterARestartItKeepsQuietForALeaseExceptTowardsWhomItPromised() {
        acceptor.recoverPromise(OF_1);
        acceptor.recovered(0);
        assertFalse(acceptor.willing(2, LEASE - 1));
        assertFalse(acceptor.willing(3, LEASE - 1));
        assertTrue(acceptor.willing(1, 0));
        assertTrue(acceptor.willing(2, LEASE));
    }

    @Test
    void oneThatNeverPromisedNeedNotKeepQuiet() {
        acceptor.recovered(0);
        assertTrue(acceptor.willing(2, 0));
    }

    @Test
    void aLeaseIsGrantedOnlyOnceThePromiseIsDurable() {
        acceptor.heartbeat(1, new PaxosMessage.Heartbeat(OF_1, 1, 0, 0), 0);
        acceptor.heartbeat(1, new PaxosMessage.Heartbeat(OF_1, 2, 0, 0), 0);
        assertEquals(List.of(), host.sent);
        host.sync();
        assertEquals(2, host.sent.size());
        acceptor.heartbeat(1, new PaxosMessage.Heartbeat(OF_1, 3, 0, 0), 0);
        assertEquals(3, host.sent.size());
    }

    @Test
    void anAcceptThatComesTwiceIsWrittenOnceAndAnsweredTwiceAfterTheWrite() {
        accept(OF_1, 1, 0);
        accept(OF_1, 1, 0);
        assertEquals(List.of(), host.sent);
        assertEquals(
                1,
                host.journal.stream()
                        .filter(LogRecord.Accepted.class::isInstance)
                        .count());
        host.sync();
        assertEquals(2, host.sent.size());
    }

    @Test
    void whatIsFarAboveTheChosenPrefixDoesNotFillTheMemory() {
        byte[] large = new byte[1 << 16];
        for (long slot = 200; slot < 1_000; slot++) {
            accept(new LogEntry(slot, OF_1, Value.ofBytes(large)));
        }
        assertTrue(log.aheadBytes() <= PaxosSettings.DEFAULT.windowBytes() + large.length, log.aheadBytes() + " bytes");
        for (long slot = 1; slot <= PaxosSettings.DEFAULT.pipelineSlots(); slot++) {
            host.sent.clear();
            accept(new LogEntry(slot, OF_1, Value.ofBytes(large)));
            host.sync();
            assertEquals(
                    slot,
                    assertInstanceOf(PaxosMessage.Accepted.class, host.last()).slot());
        }
    }

    private void heartbeat(ProposalNumber number, long nowNanos) {
        acceptor.heartbeat(number.replicaId(), new PaxosMessage.Heartbeat(number, 1, 0, 0), nowNanos);
        host.sync();
    }

    private void accept(ProposalNumber number, long slot, long nowNanos) {
        acceptor.accept(number.replicaId(), new PaxosMessage.Accept(number, 1, slot, Value.NO_OP, 0), nowNanos);
    }

    private void accept(LogEntry entry) {
        acceptor.accept(
                entry.number().replicaId(),
                new PaxosMessage.Accept(entry.number(), 1, entry.slot(), entry.value(), 0),
                0);
    }

    private static final class Host implements PaxosHost {
        private final List<PaxosMessage> sent = new ArrayList<>();
        private final List<LogRecord> journal = new ArrayList<>();
        private final ArrayDeque<Runnable> held = new ArrayDeque<>();

        PaxosMessage last() {
            return sent.get(sent.size() - 1);
        }

        void sync() {
            while (!held.isEmpty()) {
                held.remove().run();
            }
        }

        @Override
        public void send(int to, PaxosMessage message) {
            sent.add(message);
        }

        @Override
        public void persist(LogRecord record) {
            journal.add(record);
        }

        @Override
        public void whenDurable(Runnable action) {
            held.add(action);
        }

        @Override
        public long unsyncedBytes() {
            return 0;
        }

        @Override
        public void offerCheckpoint(int peer, long fromSlot) {}

        @Override
        public void reconfigured(Configuration configuration) {}

        @Override
        public boolean isFetchingCheckpoint() {
            return false;
        }

        @Override
        public void readLog(int peer, long fromSlot, int maxBytes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void chosen(LogEntry entry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void startedLeading() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void stoppedLeading() {
            throw new UnsupportedOperationException();
        }
    }
}
