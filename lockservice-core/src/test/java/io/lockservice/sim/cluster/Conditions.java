package io.lockservice.sim.cluster;

import io.lockservice.paxos.PaxosSettings;

/**
 * A cell and what it runs on. Names and numbers only: nothing here is a fault.
 *
 * @param replicas how many replicas, with ids from 1
 * @param paxos how consensus is tuned
 * @param tickMs how often a replica gets a tick, in milliseconds
 * @param idempotencyKeepMs how long outcomes are kept, in milliseconds
 * @param maxCalls the most calls open at one replica
 * @param weather the network
 * @param syncNanos how long a disk's sync takes
 * @param turnNanos how long inputs wait for their turn at most
 * @param spares how many replicas more run that are not in the cell, with the ids after those
 */
public record Conditions(
        int replicas,
        PaxosSettings paxos,
        long tickMs,
        long idempotencyKeepMs,
        int maxCalls,
        Weather weather,
        long syncNanos,
        long turnNanos,
        int spares) {
    /** The cell's name. */
    public static final String CELL = "sim";

    /** Good machines, a good network, and a cell that notices a lost leader within half a second. */
    public static Conditions calm(int replicas) {
        PaxosSettings paxos = new PaxosSettings(500, 50, 2, 100, 100, 1, 8, 1 << 16, 1 << 16, 1 << 20, 1 << 20);
        return new Conditions(replicas, paxos, 20, 600_000, 1_000, Weather.CALM, 500_000, 50_000, 0);
    }

    /** The same with so many spare replicas. */
    public Conditions withSpares(int count) {
        return new Conditions(
                replicas, paxos, tickMs, idempotencyKeepMs, maxCalls, weather, syncNanos, turnNanos, count);
    }
}
