package io.lockservice.client.testkit;

import io.lockservice.paxos.PaxosSettings;
import io.lockservice.server.config.CellConfig;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a cell is to be, and how it is started: as in production, but for files that are small and a disk that may be full. */
final class CellBlueprint {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?");
    private static final int MAX_REPLICAS = 7;
    private static final int MAX_TRIES = 5;
    private static final long MIN_LEASE_MS = 100;
    private static final long MAX_LEASE_MS = 60_000;
    private static final int PER_LEASE = 10;
    private static final long SEGMENT_BYTES = 4 << 20;

    private int replicas = 3;
    private String name = "test";
    private long leaderLeaseMs = PaxosSettings.DEFAULT.leaseMs();

    void replicas(int value) {
        if (value < 1 || value > MAX_REPLICAS) {
            throw new IllegalArgumentException("a cell for tests has 1 to " + MAX_REPLICAS + " replicas, not " + value);
        }
        replicas = value;
    }

    void name(String value) {
        if (!NAME.matcher(value).matches() || value.equals(CellConfig.EMBEDDED_CELL)) {
            throw new IllegalArgumentException("a cell is called by small letters, digits and '-', not " + value);
        }
        name = value;
    }

    void leaderLeaseMs(long value) {
        if (value < MIN_LEASE_MS || value > MAX_LEASE_MS) {
            throw new IllegalArgumentException(
                    "leaderLeaseMs is " + MIN_LEASE_MS + " to " + MAX_LEASE_MS + ", not " + value);
        }
        leaderLeaseMs = value;
    }

    /** Starts it, with other ports where somebody else was quicker. */
    ReplicaProcesses start() {
        @Nullable IllegalStateException failed = null;
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            CellData data = CellData.temporary();
            try {
                return ReplicaProcesses.start(config(), data);
            } catch (IllegalStateException e) {
                data.delete();
                if (failed != null) {
                    e.addSuppressed(failed);
                }
                failed = e;
            }
        }
        throw new IllegalStateException("the cell did not start, " + MAX_TRIES + " times", failed);
    }

    private CellConfig config() {
        Iterator<Integer> ports = FreePorts.find(3 * replicas).iterator();
        List<CellConfig.Member> members = new ArrayList<>();
        for (int id = 1; id <= replicas; id++) {
            members.add(new CellConfig.Member(id, LOOPBACK, LOOPBACK, ports.next(), ports.next(), ports.next()));
        }
        CellConfig usual = CellConfig.of(name, members);
        return new CellConfig(
                name,
                members,
                usual.vertx(),
                usual.http(),
                usual.dns(),
                usual.files(),
                paxos(),
                usual.clock(),
                usual.idempotency(),
                new CellConfig.Journal(SEGMENT_BYTES),
                usual.checkpoint(),
                usual.digest(),
                new CellConfig.Disk(0, 0),
                usual.backup(),
                usual.calls(),
                usual.bus(),
                null);
    }

    private PaxosSettings paxos() {
        PaxosSettings usual = PaxosSettings.DEFAULT;
        return new PaxosSettings(
                leaderLeaseMs,
                Math.min(usual.heartbeatMs(), leaderLeaseMs / PER_LEASE),
                usual.announceMs(),
                Math.min(usual.electionJitterMs(), leaderLeaseMs / 2),
                Math.min(usual.retransmitMs(), leaderLeaseMs / 2),
                usual.driftPercent(),
                usual.pipelineSlots(),
                usual.batchBytes(),
                usual.chunkBytes(),
                usual.windowBytes(),
                usual.queuedBytes());
    }
}
