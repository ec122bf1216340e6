package io.lockservice.server.config;

import io.lockservice.log.Configuration;
import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.replica.ReplicaSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One cell, as its file describes it: the same on every replica. Immutable. {@link ConfigFile} checks what people write;
 * the records here only hold it. The meaning of each key is in {@code config/cell.yaml}.
 *
 * @param cell the cell's name
 * @param replicas the first membership, in the order of the file
 * @param vertx event loops
 * @param http limits of the HTTP door
 * @param dns the DNS door
 * @param files limits of files
 * @param paxos how consensus is tuned, with {@code clock.driftPercent}
 * @param clock how often time is told to the replica
 * @param idempotency how long outcomes are kept
 * @param journal the files of the log
 * @param checkpoint when a replica writes down what it knows
 * @param digest how often the replicas compare their states
 * @param disk how much room its disk must have
 * @param backup where backups go by themselves
 * @param calls how many client calls may be open
 * @param bus limits of what is on its way to another replica
 * @param tls certificates between replicas; null: plain connections
 */
public record CellConfig(
        String cell,
        List<Member> replicas,
        Threads vertx,
        Http http,
        Dns dns,
        Files files,
        PaxosSettings paxos,
        Clock clock,
        Idempotency idempotency,
        Journal journal,
        CheckpointSettings checkpoint,
        Digest digest,
        Disk disk,
        Backup backup,
        Calls calls,
        Bus bus,
        @Nullable Tls tls) {
    /** The name of the cell that runs without a configuration file. */
    public static final String EMBEDDED_CELL = "local";

    private static final String LOOPBACK = "127.0.0.1";
    private static final int EMBEDDED_REPLICAS = 3;

    /** Copies the list. */
    public CellConfig {
        replicas = List.copyOf(replicas);
    }

    /**
     * A replica.
     *
     * @param id 1 to 255
     * @param host what the others connect to, a name or an address
     * @param listen what it listens on; the host where the file says nothing
     * @param bus port of the event bus
     * @param http port of the HTTP door
     * @param dns port of the DNS door, 0 for none
     */
    public record Member(int id, String host, String listen, int bus, int http, int dns) {
        /** A replica that listens on its host, without a DNS door. */
        public Member(int id, String host, int bus, int http) {
            this(id, host, host, bus, http, 0);
        }
    }

    /** Event loops of a replica's Vert.x; the replica itself always stays on one. */
    public record Threads(int eventLoops) {}

    /** Limits of the HTTP door: open connections, and bytes of a request's body. */
    public record Http(int maxConnections, int maxBodyBytes) {}

    /** How long answers of the DNS door may be kept, and without a leader for how long it gives any, in milliseconds. */
    public record Dns(long ttlMs, long maxStaleMs) {}

    /** The most bytes of a file's content. */
    public record Files(int maxContentBytes) {}

    /** How often the replica is told the time, in milliseconds. The drift bound is in {@link PaxosSettings}. */
    public record Clock(long tickMs) {}

    /** How long the outcome of a call with an idempotency key is kept at least, in milliseconds. */
    public record Idempotency(long keepMs) {}

    /** The size of a journal segment in bytes. */
    public record Journal(long segmentBytes) {}

    /** How many slots from one comparison of the replicas' states to the next. */
    public record Digest(long everySlots) {}

    /** How many bytes must be free on a replica's disk, and how many are set aside for when they are not. */
    public record Disk(long lowBytes, int reserveBytes) {}

    /**
     * Backups that the leader writes by itself.
     *
     * @param directory where; null for none
     * @param everyMs how often, in milliseconds
     * @param keep so many of the newest stay
     */
    public record Backup(@Nullable Path directory, long everyMs, int keep) {}

    /** The most client calls a replica has open at once. */
    public record Calls(int maxOpen) {}

    /** The most bytes handed to the bus for one peer and not yet written to its connection. */
    public record Bus(long windowBytes) {}

    /** PEM files for the connections between replicas: own certificate, its key, and the authority that signs all. */
    public record Tls(Path certificate, Path key, Path authority) {}

    /** A cell of {@code replicas} that says nothing else: every other key has its default. */
    public static CellConfig of(String cell, List<Member> replicas) {
        return new CellConfig(
                cell,
                replicas,
                new Threads(1),
                new Http(10_000, 1 << 20),
                new Dns(5_000, 30_000),
                new Files(1 << 18),
                PaxosSettings.DEFAULT,
                new Clock(10),
                new Idempotency(600_000),
                new Journal(64L << 20),
                CheckpointSettings.DEFAULT,
                new Digest(10_000),
                new Disk(128L << 20, 16 << 20),
                new Backup(null, 21_600_000, 14),
                new Calls(10_000),
                new Bus(4L << 20),
                null);
    }

    /** The cell that runs when no file is given: three replicas on this machine. */
    public static CellConfig embedded() {
        return of(
                EMBEDDED_CELL,
                IntStream.rangeClosed(1, EMBEDDED_REPLICAS)
                        .mapToObj(id -> new Member(id, LOOPBACK, LOOPBACK, 7400 + id, 7300 + id, 7350 + id))
                        .toList());
    }

    /** The same cell with certificates between its replicas. */
    public CellConfig withTls(Tls certificates) {
        return new CellConfig(
                cell,
                replicas,
                vertx,
                http,
                dns,
                files,
                paxos,
                clock,
                idempotency,
                journal,
                checkpoint,
                digest,
                disk,
                backup,
                calls,
                bus,
                certificates);
    }

    /** The replica with this id, if the cell has it. */
    public Optional<Member> member(int id) {
        return replicas.stream().filter(member -> member.id() == id).findFirst();
    }

    /** Who votes at first; their data is not known from the file. */
    public Configuration configuration() {
        return configuration(0);
    }

    private Configuration configuration(int learner) {
        return new Configuration(replicas.stream()
                .map(each -> new io.lockservice.log.Member(
                        each.id(), 0, each.id() != learner, each.host(), each.bus(), each.http()))
                .toList());
    }

    /** What replica {@code replicaId} is told at its start; one that {@code joins} has no vote yet. */
    public ReplicaSettings replicaSettings(
            int replicaId, boolean joins, long incarnation, long dataIncarnation, long seed) {
        return new ReplicaSettings(
                cell,
                replicaId,
                incarnation,
                dataIncarnation,
                configuration(joins ? replicaId : 0),
                paxos,
                seed,
                clock.tickMs(),
                files.maxContentBytes(),
                calls.maxOpen(),
                idempotency.keepMs(),
                checkpoint,
                digest.everySlots());
    }
}
