package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.Sequencer;
import io.lockservice.sim.cluster.Cluster;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.cluster.Trace;
import io.lockservice.sim.invariant.Invariants;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** All clients of a simulated cell. */
public final class Clients {
    /**
     * How many, and how they are.
     *
     * @param registers clients of files
     * @param files files they work on at a time
     * @param lockers clients of locks
     * @param locks locks they compete for
     * @param sharedPercent how many acquire shared, in percent
     * @param lossChance a request or an answer is lost
     * @param thinkMs how long a register client thinks between calls at most
     * @param maxLeaseMs the longest lease of a session
     * @param driftPercent how much the rates of two clocks may differ
     * @param delayers clients of a lock with a lock-delay
     * @param caches clients that keep copies of files
     */
    public record Crowd(
            int registers,
            int files,
            int lockers,
            int locks,
            int sharedPercent,
            double lossChance,
            long thinkMs,
            long maxLeaseMs,
            int driftPercent,
            int delayers,
            int caches) {
        /** The same with so many clients of a lock with a lock-delay, and so many that keep copies. */
        public Crowd with(int moreDelayers, int moreCaches) {
            return new Crowd(
                    registers,
                    files,
                    lockers,
                    locks,
                    sharedPercent,
                    lossChance,
                    thinkMs,
                    maxLeaseMs,
                    driftPercent,
                    moreDelayers,
                    moreCaches);
        }
    }

    private final ClientWorld world;
    private final List<Caller> callers = new ArrayList<>();
    private final List<RegisterClient> registers = new ArrayList<>();
    private final List<LockClient> lockers = new ArrayList<>();
    private final List<DelayClient> delayers = new ArrayList<>();
    private final List<CacheClient> caches = new ArrayList<>();
    private final Auditor auditor;
    private final Cluster cluster;
    private final Trace trace;
    private final double lossChance;

    /** Clients that have not begun. */
    public Clients(
            Cluster cluster, SplittableRandom random, Crowd crowd, Invariants invariants, Marks marks, Trace trace) {
        this.cluster = cluster;
        this.trace = trace;
        this.lossChance = crowd.lossChance();
        world = new ClientWorld(
                new Timetable(cluster.scheduler()),
                new Files(crowd.files(), invariants.exactlyOnce()),
                new Locks(crowd.locks(), invariants.leases(), invariants.queue()),
                invariants,
                marks);
        for (int id = 1; id <= crowd.registers(); id++) {
            Caller caller = caller("f" + id, random);
            registers.add(
                    new RegisterClient(id, caller, random.split(), world.files(), world.times(), crowd.thinkMs() * MS));
        }
        for (int id = 1; id <= crowd.lockers(); id++) {
            Caller caller = caller("l" + id, random);
            long leaseMs = 1_000 + random.nextLong(crowd.maxLeaseMs() - 999);
            lockers.add(new LockClient(id, caller, random.split(), world, habits(leaseMs, crowd, random)));
        }
        auditor = new Auditor(caller("a", random), random.split(), world);
        List<Sequencer> seen = new ArrayList<>();
        for (int id = 1; id <= crowd.delayers(); id++) {
            delayers.add(new DelayClient(id, caller("d" + id, random), random.split(), world.times(), marks, seen));
        }
        for (int id = 1; id <= crowd.caches(); id++) {
            Caller caller = caller("c" + id, random);
            caches.add(new CacheClient(id, caller, random.split(), world, habits(1_000, crowd, random)));
        }
    }

    private static LockClient.Habits habits(long leaseMs, Crowd crowd, SplittableRandom random) {
        double rate = 1 + random.nextDouble() * crowd.driftPercent() / 100.0;
        long counted = (long) (leaseMs * MS * (1 - crowd.driftPercent() / 100.0) / rate);
        return new LockClient.Habits(leaseMs, counted, crowd.sharedPercent());
    }

    private Caller caller(String who, SplittableRandom random) {
        Caller caller = new Caller(cluster, random.split(), world.invariants().answers(), trace, who, lossChance);
        callers.add(caller);
        return caller;
    }

    /** Lets them begin. */
    public void start() {
        registers.forEach(RegisterClient::start);
        lockers.forEach(LockClient::start);
        delayers.forEach(DelayClient::start);
        caches.forEach(CacheClient::start);
        auditor.start();
    }

    /** From now on nothing is lost between clients and replicas, and no file is touched any more. */
    public void calm() {
        callers.forEach(Caller::calm);
        registers.forEach(RegisterClient::finish);
    }

    /** From now on lock clients send nothing, not even keep-alives. */
    public void silence() {
        lockers.forEach(LockClient::silence);
        delayers.forEach(DelayClient::silence);
        caches.forEach(CacheClient::silence);
        auditor.finish();
    }

    /** Whether calls are open that will be answered. */
    public boolean isBusy() {
        return auditor.isBusy() || registers.stream().anyMatch(RegisterClient::isBusy);
    }

    /** Looks whether everything lapsed that had to. */
    public void inspectSilence() {
        auditor.inspectSilence();
        auditor.readFiles();
    }

    /** What was wrong in the end. */
    public List<String> complaints() {
        return auditor.complaints();
    }

    /** The files and their histories. */
    public Files files() {
        return world.files();
    }

    /** The locks and their histories. */
    public Locks locks() {
        return world.locks();
    }

    /** How many attempts at calls there were. */
    public long calls() {
        return callers.stream().mapToLong(Caller::calls).sum();
    }
}
