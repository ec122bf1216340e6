package io.lockservice.server.backup;

import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.RestoredCheckpoint;
import io.lockservice.replica.restore.Revival;
import io.lockservice.server.config.CellConfig;
import io.lockservice.server.storage.RestoredDirectory;
import io.lockservice.server.storage.checkpoint.BackupFile;
import io.lockservice.server.storage.checkpoint.CheckpointSummary;
import io.lockservice.server.storage.checkpoint.DamagedCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A data directory was made from a backup: the replica that starts from it is the only voter of the new cell, and the other
 * replicas of the configuration file are learners that join by themselves.
 *
 * @param lines what was done and what to do next, for people
 */
public record Restoration(List<String> lines) {
    /** Files may carry the time of a machine whose clock is a little ahead. */
    private static final long CLOCK_TOLERANCE_MS = 60_000;

    /**
     * Makes {@code data} from the backup {@code from}. Blocks.
     *
     * @param config the cell, with {@code replicaId} among its replicas
     * @param nowUnixMs wall clock, milliseconds since 1970: the new cell counts on from it
     * @throws RestoreRefused where the backup is damaged or of another cell, or the clock cannot be right
     * @throws io.lockservice.server.storage.DataDirectoryException where {@code data} is not empty
     * @throws IOException where the disk fails
     */
    public static Restoration of(Path from, CellConfig config, int replicaId, Path data, long nowUnixMs)
            throws IOException {
        if (!Files.isRegularFile(from)) {
            throw new RestoreRefused("there is no file " + from + "; name the backup with --from");
        }
        refuseClockBehind(from, nowUnixMs);
        CheckpointSummary summary;
        RestoredCheckpoint backup;
        try {
            summary = CheckpointSummary.of(from);
            refuseOtherCell(from, summary, config);
            backup = BackupFile.read(from, config.cell(), config.files().maxContentBytes());
        } catch (DamagedCheckpoint broken) {
            throw new RestoreRefused("the backup " + from + " is damaged: " + broken.getMessage()
                    + "; take another one, and nothing was changed");
        }
        long earliestMs = Revival.earliestUnixMs(backup);
        if (nowUnixMs < earliestMs) {
            throw new RestoreRefused(
                    "this machine's clock says " + Instant.ofEpochMilli(nowUnixMs) + ", and the cell had"
                            + " counted up to what belongs to " + Instant.ofEpochMilli(earliestMs)
                            + ", so numbers would come twice; set the clock right, or ahead of that while restoring");
        }
        Restorer restorer = new Restorer(config, replicaId, backup, nowUnixMs);
        RestoredDirectory.make(data, config.cell(), replicaId, restorer::revive);
        return new Restoration(lines(summary, data, restorer));
    }

    private static void refuseClockBehind(Path from, long nowUnixMs) throws IOException {
        long writtenMs = Files.getLastModifiedTime(from).toMillis();
        if (writtenMs - CLOCK_TOLERANCE_MS > nowUnixMs) {
            throw new RestoreRefused(
                    "the backup " + from + " was written at " + Instant.ofEpochMilli(writtenMs)
                            + ", and this machine's clock says " + Instant.ofEpochMilli(nowUnixMs)
                            + "; the new cell counts on from the clock, so set it right (or touch the file, if its time is wrong)");
        }
    }

    private static void refuseOtherCell(Path from, CheckpointSummary summary, CellConfig config) {
        if (!summary.cell().equals(config.cell())) {
            throw new RestoreRefused("the backup " + from + " is of cell '" + summary.cell()
                    + "', and the configuration"
                    + " is of cell '" + config.cell() + "'; names in it begin with /ls/" + summary.cell()
                    + ", so restore it under that name: write 'cell: " + summary.cell() + "' into the configuration");
        }
    }

    /** What the storage asks for once it knows the incarnation of the new data. */
    private static final class Restorer {
        private final CellConfig config;
        private final int replicaId;
        private final RestoredCheckpoint backup;
        private final long nowUnixMs;
        private final List<Revival> made = new ArrayList<>();

        Restorer(CellConfig config, int replicaId, RestoredCheckpoint backup, long nowUnixMs) {
            this.config = config;
            this.replicaId = replicaId;
            this.backup = backup;
            this.nowUnixMs = nowUnixMs;
        }

        Checkpoint revive(long dataIncarnation) {
            Configuration members = new Configuration(config.replicas().stream()
                    .map(each -> new Member(
                            each.id(),
                            each.id() == replicaId ? dataIncarnation : 0,
                            each.id() == replicaId,
                            each.host(),
                            each.bus(),
                            each.http()))
                    .toList());
            Revival revival = Revival.of(backup, members, nowUnixMs);
            made.add(revival);
            return revival.checkpoint();
        }

        Revival revival() {
            return made.get(0);
        }
    }

    private static List<String> lines(CheckpointSummary backup, Path data, Restorer restorer) {
        CellConfig config = restorer.config;
        int replicaId = restorer.replicaId;
        Revival revival = restorer.revival();
        List<String> lines = new ArrayList<>();
        lines.add("Cell '" + config.cell() + "' as of revision " + backup.revision() + " and epoch " + backup.epoch()
                + " is restored in " + data + " for replica " + replicaId + ".");
        lines.add("So that nothing is issued twice, it goes on above what belongs to "
                + Instant.ofEpochMilli(restorer.nowUnixMs)
                + ", this machine's clock (where that is wrong: delete the directory, set the clock, restore again):");
        for (Revival.Rise rise : revival.rises()) {
            lines.add("  " + rise.counter() + ": " + rise.from() + " -> " + rise.to() + ", a jump of "
                    + (rise.to() - rise.from()));
        }
        lines.add("  every node's instance and generations: -> "
                + revival.checkpoint().slot() + "; no older ETag or sequencer is valid");
        lines.add("Sessions that were open in the backup and have ended: " + revival.endedSessions()
                + "; locks that they held or waited for and that are free: " + revival.freedLocks() + ".");
        lines.add(
                "Next: stop every replica of the old cell and move their data directories away. Wait until the longest"
                        + " lease has passed since (in the backup " + revival.longestLeaseMs()
                        + " ms): until then a client may believe that it holds a lock. Then start replica " + replicaId
                        + " with --data " + data + others(config, replicaId) + ".");
        return List.copyOf(lines);
    }

    private static String others(CellConfig config, int replicaId) {
        List<String> others = config.replicas().stream()
                .filter(each -> each.id() != replicaId)
                .map(each -> Integer.toString(each.id()))
                .toList();
        return others.isEmpty()
                ? ""
                : ", and with empty data directories " + String.join(" and ", others) + ", which join by themselves";
    }
}
