package io.lockservice.client.evidence;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.registry.NameRegistry;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of instances, of the leader, of most and of all replicas, and of both together; instances that are stopped for
 * longer than their lease. All the while every replica is asked by HTTP and by DNS, and a client for its copy.
 * {@code -Devidence.rounds=N} says how many rounds, {@code -Devidence.seed=S} repeats the choices of a run (not its timing),
 * {@code -Devidence.kinds=ALL_DIE,LEADER_DIES} has rounds of these alone.
 */
final class RegistryKillsTest {
    private static final int ROUNDS = Integer.getInteger("evidence.rounds", 2);
    private static final long SEED = Long.getLong("evidence.seed", System.nanoTime());

    private static final List<RegistryRounds.Round> KINDS = Arrays.stream(
                    System.getProperty("evidence.kinds", "").split(",", -1))
            .filter(kind -> !kind.isEmpty())
            .map(RegistryRounds.Round::valueOf)
            .toList();

    @Test
    void whatIsRegisteredIsShownAndNothingElse(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory)
            throws Exception {
        try (Pauses pauses = new Pauses().start();
                ReplicaProcesses cell = new ReplicaProcesses(directory, RegistryRounds.MAX_STALE_MS)) {
            ReplicaProcesses.ALL.forEach(cell::start);
            RegistryLedger ledger = new RegistryLedger(RegistryRounds.BOUNDS, pauses::within);
            try (Programs programs = new Programs(cell, ledger, RegistryRounds.LEASE_MS);
                    LockServiceClient client = LockServiceClient.connect(cell.urls())) {
                new CellLook(cell).awaitWhole();
                programs.start();
                NameRegistry registry = NameRegistry.of(
                        client, SessionOptions.named("observer").withLeaseMs(RegistryRounds.LEASE_MS), 8);
                TestCell.await(registry.resolve(Programs.SERVICE));
                try (Observers observers = new Observers(cell, Programs.SERVICE, registry)) {
                    observers.start();
                    run(new RegistryRounds(cell, ledger, programs, observers, registry, pauses, new Random(SEED)));
                }
            }
        }
    }

    private static void run(RegistryRounds rounds) {
        System.out.println("registry kills: " + ROUNDS + " rounds with seed " + SEED);
        try {
            rounds.run(ROUNDS, KINDS.isEmpty() ? List.of(RegistryRounds.Round.values()) : KINDS);
        } catch (Exception | AssertionError e) {
            throw new AssertionError("with seed " + SEED + ": " + e + "\n" + rounds.events(), e);
        }
        System.out.println("registry kills: " + ROUNDS + " rounds, " + rounds);
    }
}
