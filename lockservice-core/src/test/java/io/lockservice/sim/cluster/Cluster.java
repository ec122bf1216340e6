package io.lockservice.sim.cluster;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import io.lockservice.log.Member;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.replica.Input;
import io.lockservice.replica.ReplicaSettings;
import io.lockservice.replica.ReplicaStatus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A whole cell of replicas in one thread, in virtual time, the same for the same seed. Nothing goes wrong unless it is
 * asked to.
 */
public final class Cluster {
    private static final long ANSWER_WITHIN_MS = 30_000;

    private final Scheduler scheduler = new Scheduler();
    private final Network network;
    private final List<Host> hosts = new ArrayList<>();

    /** A cluster whose replicas have not been started. */
    public Cluster(Conditions conditions, long seed, Subject.Starter starter, Observer observer, Trace trace) {
        SplittableRandom random = new SplittableRandom(seed);
        network = new Network(
                scheduler,
                random.split(),
                conditions.weather(),
                (from, to, message) -> host(to).arrived(from, message));
        Host.Surroundings around = new Host.Surroundings(scheduler, network, observer, trace, starter);
        Configuration configuration = Configurations.ofVoters(
                IntStream.rangeClosed(1, conditions.replicas()).boxed().toList());
        IntStream.rangeClosed(1, conditions.replicas() + conditions.spares()).forEach(id -> {
            Member self = new Member(id, 0, false, "replica-" + id, 1, 1);
            Configuration known = configuration.isVoter(id) ? configuration : configuration.with(self);
            hosts.add(host(around, conditions, known, id, seed, random));
        });
    }

    private Host host(
            Host.Surroundings around,
            Conditions conditions,
            Configuration configuration,
            int id,
            long seed,
            SplittableRandom random) {
        ReplicaSettings settings = new ReplicaSettings(
                Conditions.CELL,
                id,
                1,
                id,
                configuration,
                conditions.paxos(),
                random.nextLong() >>> 8,
                conditions.tickMs(),
                1 << 16,
                conditions.maxCalls(),
                conditions.idempotencyKeepMs(),
                new CheckpointSettings(1 << 20, 5 + Math.floorMod(seed, 100), 1 + Math.floorMod(seed, 3)),
                5 + Math.floorMod(seed, 26));
        Disk disk = new Disk(scheduler, random.split(), conditions.syncNanos());
        // Any two rates differ by at most the bound; origins may be negative, as those of System.nanoTime may.
        double rate = 1 + random.nextDouble() * conditions.paxos().driftPercent() / 100.0;
        LocalClock clock = new LocalClock(random.nextLong(1L << 54) - (1L << 53), rate);
        return new Host(around, settings, disk, clock, random.nextLong(conditions.turnNanos() + 1));
    }

    /** A calm cluster of production replicas, all started. */
    public static Cluster calm(int replicas) {
        Cluster cluster =
                new Cluster(Conditions.calm(replicas), 1, ProductionReplica::new, new Observer() {}, Trace.OFF);
        cluster.hosts.forEach(Host::start);
        return cluster;
    }

    /** Its time. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Its network. */
    public Network network() {
        return network;
    }

    /** Its machines, by replica id. */
    public List<Host> hosts() {
        return hosts;
    }

    /** The machines of those that are in the cell, as its leader knows it; all where there is no leader. */
    public List<Host> members() {
        int leader = leader();
        return leader == 0
                ? hosts
                : hosts.stream()
                        .filter(host -> up(leader).configuration().ids().contains(host.id()))
                        .toList();
    }

    /** The machine of a replica. */
    public Host host(int id) {
        return hosts.get(id - 1);
    }

    /** How a replica sees itself; it must be up. */
    public ReplicaStatus status(int id) {
        return up(id).status();
    }

    /** What runs on a machine; it must be up. */
    public Subject up(int id) {
        Subject subject = host(id).subject();
        if (subject == null) {
            throw new IllegalStateException("replica " + id + " is down");
        }
        return subject;
    }

    /** Lets time go by. */
    public void run(long ms) {
        scheduler.runUntil(scheduler.now() + ms * MS);
    }

    /** Kills a replica's process; what was not synced may be lost. */
    public void crash(int id) {
        host(id).crash();
    }

    /** Starts a replica's process on what its disk kept. */
    public void restart(int id) {
        host(id).start();
    }

    /** Asks a replica to hand over leadership. */
    public void resign(int id) {
        host(id).offer(new Input.Resign());
    }

    /** Cuts the given replicas off from all others, both ways; among themselves they stay connected. */
    public void partition(Integer... group) {
        Set<Integer> inside = new TreeSet<>(Arrays.asList(group));
        for (Host left : hosts) {
            for (Host right : hosts) {
                if (inside.contains(left.id()) && !inside.contains(right.id())) {
                    network.cutBoth(left.id(), right.id());
                }
            }
        }
    }

    /** Mends the network. */
    public void heal() {
        network.mend();
    }

    /** The replica that holds a leader's lease now; 0 for none. */
    public int leader() {
        return hosts.stream()
                .filter(host -> host.isRunning() && up(host.id()).holdsLease(host.localNow()))
                .mapToInt(Host::id)
                .findFirst()
                .orElse(0);
    }

    /** Runs until some replica holds a leader's lease, and returns it. */
    public int awaitLeader() {
        if (!scheduler.runUntil(scheduler.now() + ANSWER_WITHIN_MS * MS, () -> leader() != 0)) {
            throw new IllegalStateException("no leader within " + ANSWER_WITHIN_MS + " ms");
        }
        return leader();
    }

    /** Hands a call to a replica; the answer, once it is there, is in what is returned. */
    public AtomicReference<@Nullable Answer> call(int replica, ClientCall call, long timeoutMs) {
        AtomicReference<@Nullable Answer> answer = new AtomicReference<>();
        if (!host(replica).call(call, timeoutMs, Input.Called.LINEARIZABLE, answer::set)) {
            throw new IllegalStateException("replica " + replica + " is down");
        }
        return answer;
    }

    /** Hands a call to a replica and runs until it is answered. */
    public Answer ask(int replica, ClientCall call) {
        AtomicReference<@Nullable Answer> answer = call(replica, call, 5_000);
        scheduler.runUntil(scheduler.now() + ANSWER_WITHIN_MS * MS, () -> answer.get() != null);
        Answer given = answer.get();
        if (given == null) {
            throw new IllegalStateException("replica " + replica + " does not answer " + call);
        }
        return given;
    }
}
