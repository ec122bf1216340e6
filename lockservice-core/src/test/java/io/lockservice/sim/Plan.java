package io.lockservice.sim;

import io.lockservice.paxos.PaxosSettings;
import io.lockservice.sim.client.Clients;
import io.lockservice.sim.cluster.Conditions;
import io.lockservice.sim.cluster.Weather;
import java.util.EnumSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Everything about a run that is decided before it begins, drawn from its seed. Each run has only some kinds of faults,
 * so that none hides another.
 *
 * @param conditions the cell and what it runs on
 * @param crowd its clients
 * @param faults what goes wrong
 * @param calmMs how long nothing goes wrong between two faults, at most
 * @param safetyMs how long things go wrong
 */
record Plan(Conditions conditions, Clients.Crowd crowd, Set<Fault> faults, long calmMs, long safetyMs) {
    private static final long MICROSECOND = 1_000;

    /** What can go wrong. */
    enum Fault {
        CRASH,
        CRASH_AT_EFFECT,
        STOP,
        STOP_AT_EFFECT,
        SUSPEND,
        PARTITION,
        ONE_WAY,
        BAD_WEATHER,
        SLOW_DISK,
        RESIGN,
        RESTART_ALL,
        /** Cut the leader off from a follower, and once that one's lease is over restart another that granted it too. */
        RESTART_GRANTOR,
        /** Cut the leader off, and let it come back when its successor dies. */
        TAKE_TURNS,
        /** Cut a replica off until the others have dropped the log that it lacks, and often kill it once it is back. */
        LEFT_BEHIND,
        /** Ask for a replica to be added or removed. */
        RECONFIGURE,
        /** Lose all that a disk has, or all that can be trusted of it. */
        WIPE,
        /** Let disks have next to no room for a while: one, or all. */
        DISK_FULL
    }

    /** Drawn last, so that a seed has the life it had before there were these. */
    private static final EnumSet<Fault> LATER = EnumSet.of(Fault.LEFT_BEHIND, Fault.RECONFIGURE, Fault.WIPE);

    /** Drawn after those and what depends on them. */
    private static final EnumSet<Fault> LATEST = EnumSet.of(Fault.DISK_FULL);

    /** The mark of a life in which {@code fault} has struck, once at least. */
    static String livesWith(Fault fault) {
        return "lives with " + fault;
    }

    /** In a cell that {@code announces} followers learn soon what was chosen, else with what they are sent next. */
    static Plan of(SplittableRandom random, boolean announces) {
        int replicas = random.nextInt(4) == 0 ? 5 : 3;
        long leaseMs = 300 + random.nextLong(500);
        long heartbeatMs = 40 + random.nextLong(60);
        PaxosSettings paxos = new PaxosSettings(
                leaseMs,
                heartbeatMs,
                announces ? 2 : heartbeatMs,
                30 + random.nextLong(120),
                60 + random.nextLong(140),
                1 + random.nextInt(4),
                1 + random.nextInt(8),
                oneOf(random, 100, 1_000, 1 << 16),
                oneOf(random, 100, 1_000, 1 << 16),
                oneOf(random, 500, 5_000, 1 << 20),
                oneOf(random, 2_000, 1 << 20, 1 << 20));
        double loss = oneOf(random, 0, 1, 5) / 100.0;
        double repeat = oneOf(random, 0, 2, 10) / 100.0;
        double late = oneOf(random, 0, 1, 5) / 100.0;
        Weather weather = new Weather(loss, repeat, (100 + random.nextLong(3_000)) * MICROSECOND, late, 1_000_000_000L);
        Conditions conditions = new Conditions(
                replicas,
                paxos,
                10 + random.nextLong(30),
                600_000,
                random.nextInt(5) == 0 ? 4 : 1_000,
                weather,
                (100 + random.nextLong(4_000)) * MICROSECOND,
                random.nextLong(500) * MICROSECOND,
                0);
        Clients.Crowd crowd = new Clients.Crowd(
                2 + random.nextInt(4),
                1 + random.nextInt(3),
                2 + random.nextInt(4),
                1 + random.nextInt(2),
                oneOf(random, 0, 25, 60),
                oneOf(random, 0, 2, 5) / 100.0,
                oneOf(random, 20, 60, 150),
                2_000,
                paxos.driftPercent(),
                0,
                0);
        Set<Fault> faults = faults(random);
        long calmMs = 300 + random.nextLong(900);
        long safetyMs = 5_000 + random.nextLong(5_000);
        draw(LATER, random, faults);
        int spares = faults.contains(Fault.RECONFIGURE) ? 1 + random.nextInt(2) : 0;
        draw(LATEST, random, faults);
        int delayers = random.nextInt(4) == 0 ? 2 : 0;
        int caches = random.nextInt(4) == 0 ? 2 : 0;
        return new Plan(conditions.withSpares(spares), crowd.with(delayers, caches), faults, calmMs, safetyMs);
    }

    private static Set<Fault> faults(SplittableRandom random) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        EnumSet<Fault> first = EnumSet.complementOf(LATER);
        first.removeAll(LATEST);
        draw(first, random, faults);
        return faults;
    }

    private static void draw(Set<Fault> from, SplittableRandom random, Set<Fault> drawn) {
        for (Fault fault : from) {
            if (random.nextInt(5) < 2) {
                drawn.add(fault);
            }
        }
    }

    private static int oneOf(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
