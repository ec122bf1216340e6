package io.lockservice.replica;

import io.lockservice.log.Configuration;
import io.lockservice.paxos.PaxosSettings;

/**
 * What a replica is told at its start.
 *
 * @param cell the cell's name
 * @param replicaId this replica
 * @param incarnation of this process: larger than that of any earlier process on the same data
 * @param dataIncarnation the random number, not 0, made with its data directory
 * @param configuration who founds the cell where there is none yet: those who vote in it; and whom else it may ask
 * @param paxos how consensus is tuned
 * @param seed of everything that looks random
 * @param tickMs how often {@link Input.Tick} comes, in milliseconds
 * @param maxContentBytes the largest file
 * @param maxCalls the most client calls open at once, and of keep-alives as many again; more are refused as overload
 * @param idempotencyKeepMs how long outcomes are kept at least, in milliseconds
 * @param checkpoints when it writes down what it knows
 * @param digestEverySlots behind every slot whose number is a multiple of this the replicas compare their states, 2 at
 *     least; the same on all replicas
 */
public record ReplicaSettings(
        String cell,
        int replicaId,
        long incarnation,
        long dataIncarnation,
        Configuration configuration,
        PaxosSettings paxos,
        long seed,
        long tickMs,
        int maxContentBytes,
        int maxCalls,
        long idempotencyKeepMs,
        CheckpointSettings checkpoints,
        long digestEverySlots) {}
