package io.lockservice.client.survival;

import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.lockservice.client.lock.LockOptions;
import io.lockservice.client.testkit.LockServiceCell;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Every replica is killed, and started again after a while. One client goes on hoping for long, and another gives up before the
 * cell is back; each holds a lock. As a program it takes the time for which the cell is down, in ms, and the lease.
 */
public final class Outage {
    private static final long PATIENCE_SECONDS = 120;

    private final LockServiceCell cell;
    private final long leaseMs;
    private final Told patient = new Told("patient");
    private final Told hasty = new Told("hasty");

    Outage(LockServiceCell cell, long leaseMs) {
        this.cell = cell;
        this.leaseMs = leaseMs;
    }

    /** Prints what each was told, and when. */
    public static void main(String[] arguments) throws InterruptedException {
        long downMs = Long.parseLong(arguments[0]);
        try (LockServiceCell cell = LockServiceCell.start()) {
            Outage outage = new Outage(cell, Long.parseLong(arguments[1]));
            Result result = outage.run(() -> TimeUnit.MILLISECONDS.sleep(downMs));
            System.out.println("the patient one: " + outage.patient.seen + ", holds its lock: " + result.patientHolds);
            System.out.println("the hasty one:   " + outage.hasty.seen + ", holds its lock: " + result.hastyHolds);
        }
    }

    /** What is down stays so until this returns. */
    interface Down {
        void last() throws InterruptedException;
    }

    /**
     * How it ended.
     *
     * @param patientStates that the patient client was told of, in order
     * @param hastyStates that the other was told of
     * @param patientHolds whether the patient client's lock is held as before, by its own word and the cell's
     * @param hastyHolds whether the other's is
     */
    record Result(List<String> patientStates, List<String> hastyStates, boolean patientHolds, boolean hastyHolds) {}

    Result run(Down down) throws InterruptedException {
        HeldLock kept = held("patient", 10 * leaseMs, patient);
        HeldLock given = held("hasty", leaseMs / 4, hasty);
        cell.running().forEach(cell::kill);
        patient.await("jeopardy");
        hasty.await("expired");
        down.last();
        cell.repair();
        patient.await("safe");
        boolean patientHolds = kept.isHeld() && LockServiceCell.await(kept.check());
        return new Result(patient.states(), hasty.states(), patientHolds, given.isHeld());
    }

    private HeldLock held(String name, long graceMs, Told told) {
        Session session = cell.session(
                cell.client(name),
                SessionOptions.named(name).withLeaseMs(leaseMs).withGraceMs(graceMs));
        session.addListener(told);
        return LockServiceCell.await(DistributedLock.of(session).acquire("/ls/test/" + name, LockOptions.exclusive()));
    }

    private static final class Told implements SessionListener {
        private final String name;
        private final long startNanos = System.nanoTime();
        private final BlockingQueue<String> states = new LinkedBlockingQueue<>();
        private final Queue<String> seen = new ConcurrentLinkedQueue<>();
        private final Queue<String> all = new ConcurrentLinkedQueue<>();

        Told(String name) {
            this.name = name;
        }

        List<String> states() {
            return List.copyOf(all);
        }

        void await(String state) throws InterruptedException {
            String next = states.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            while (next != null && !next.equals(state)) {
                next = states.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            if (next == null) {
                throw new IllegalStateException("the " + name + " one was not told '" + state + "' but " + all);
            }
        }

        private void add(String state) {
            all.add(state);
            seen.add(state + " after " + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos) + " ms");
            states.add(state);
        }

        @Override
        public void jeopardy(Session session) {
            add("jeopardy");
        }

        @Override
        public void safe(Session session) {
            add("safe");
        }

        @Override
        public void expired(Session session, SessionExpiredException reason) {
            add("expired");
        }
    }
}
