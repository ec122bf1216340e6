package io.lockservice.client.testkit;

import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.EmbeddedCell;
import io.lockservice.server.ReplicaServer;
import io.lockservice.server.config.CellConfig;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** The replicas of a cell as if each were a process. Threading: any thread but an event loop; everything waits. */
final class ReplicaProcesses {
    /** The role of {@link ReplicaStatus} that a cell needs one of. */
    private static final String LEADER = "leader";

    private static final System.Logger LOG = System.getLogger(LockServiceCell.class.getName());

    private final CellConfig config;
    private final CellData data;
    private final Map<Integer, ReplicaServer> running = new ConcurrentSkipListMap<>();
    private final Map<Integer, Pause> pauses = new ConcurrentSkipListMap<>();

    private ReplicaProcesses(CellConfig config, CellData data, List<ReplicaServer> started) {
        this.config = config;
        this.data = data;
        started.forEach(each -> running.put(each.id(), each));
    }

    /** Starts all of them. */
    static ReplicaProcesses start(CellConfig config, CellData data) {
        EmbeddedCell cell = Waiting.await(
                EmbeddedCell.start(config, data.directory(), ReplicaProcesses::failed), "the cell is to start");
        return new ReplicaProcesses(config, data, cell.replicas());
    }

    private static void failed(Throwable cause) {
        LOG.log(System.Logger.Level.ERROR, "a replica of the test's cell had to stop", cause);
    }

    List<Integer> ids() {
        return config.replicas().stream().map(CellConfig.Member::id).toList();
    }

    List<String> urls() {
        return config.replicas().stream()
                .map(each -> "http://" + each.host() + ":" + each.http())
                .toList();
    }

    List<String> dnsServers() {
        return config.replicas().stream()
                .map(each -> each.host() + ":" + each.dns())
                .toList();
    }

    CellConfig.Member member(int id) {
        return config.member(id)
                .orElseThrow(() -> new IllegalArgumentException("no replica " + id + " in this cell, only " + ids()));
    }

    List<Integer> running() {
        return List.copyOf(running.keySet());
    }

    /** Whether so many run that they could decide anything. */
    boolean isMajorityRunning() {
        return running.size() - pausedNow() > ids().size() / 2;
    }

    private long pausedNow() {
        return pauses.values().stream().filter(each -> !each.isOver()).count();
    }

    /** The replica that leads and serves. Waits for one. */
    int leader() {
        return Waiting.until(this::leaderNow, "a replica is to lead").id();
    }

    private @Nullable ReplicaServer leaderNow() {
        return running.values().stream()
                .filter(each -> !isPaused(each.id()) && leads(each.status()))
                .max(Comparator.comparingLong(each -> each.status().epoch()))
                .orElse(null);
    }

    private static boolean leads(ReplicaStatus status) {
        return status.role().equals(LEADER) && status.ready();
    }

    /** Waits until another than {@code former} leads. */
    int leaderOtherThan(int former) {
        return Waiting.until(
                        () -> {
                            ReplicaServer now = leaderNow();
                            return now == null || now.id() == former ? null : now;
                        },
                        "another replica than " + former + " is to lead")
                .id();
    }

    /** Waits until one leads, and all that run can serve. */
    void awaitReady() {
        Waiting.until(
                () -> leaderNow() != null && running.values().stream().allMatch(this::isReady) ? running : null,
                "all running replicas are to be ready");
    }

    private boolean isReady(ReplicaServer replica) {
        return isPaused(replica.id()) || replica.status().ready();
    }

    void stop(int id) {
        end(id, "stopped", false);
    }

    void kill(int id) {
        end(id, "killed", true);
    }

    private void end(int id, String how, boolean atOnce) {
        member(id);
        ReplicaServer replica = running.remove(id);
        if (replica != null) {
            resume(id);
            Waiting.await(atOnce ? replica.kill() : replica.stop(), "replica " + id + " is to be " + how);
        }
    }

    /** Starts one that does not run, with its data. */
    void start(int id) {
        member(id);
        if (!running.containsKey(id)) {
            running.put(
                    id,
                    Waiting.await(
                            ReplicaServer.start(config, id, data.ofReplica(id), ReplicaProcesses::failed),
                            "replica " + id + " is to start"));
        }
    }

    void pause(int id, Duration atMost) {
        ReplicaServer replica = running.get(id);
        if (replica == null) {
            member(id);
            throw new IllegalStateException("replica " + id + " does not run");
        }
        resume(id);
        pauses.put(id, Pause.begin(replica::execute, atMost));
    }

    boolean isPaused(int id) {
        Pause pause = pauses.get(id);
        return pause != null && !pause.isOver();
    }

    private void resume(int id) {
        Pause pause = pauses.remove(id);
        if (pause != null) {
            pause.end();
        }
    }

    void resumeAll() {
        pauses.keySet().forEach(this::resume);
    }

    /** Ends a session at whoever leads; nothing happens where that changes meanwhile. */
    void expire(String session) {
        ReplicaServer leader = running.get(leader());
        if (leader != null) {
            leader.expireSession(session);
        }
    }

    /** Ends all, at once, and deletes the data. */
    void close() {
        resumeAll();
        List<Future<Void>> ends = new ArrayList<>();
        running.values().forEach(replica -> ends.add(replica.kill()));
        running.clear();
        try {
            Waiting.await(Future.join(ends), "the cell is to stop");
        } finally {
            data.delete();
        }
    }
}
