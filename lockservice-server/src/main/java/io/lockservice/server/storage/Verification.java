package io.lockservice.server.storage;

import io.lockservice.server.storage.checkpoint.CheckpointStore;
import io.lockservice.server.storage.checkpoint.CheckpointSummary;
import io.lockservice.server.storage.checkpoint.DamagedCheckpoint;
import io.lockservice.server.storage.journal.JournalCorruption;
import io.lockservice.server.storage.journal.JournalReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at every file of a data directory that no process uses, and changes none.
 *
 * @param lines what was found, for people, a file or a group of files each
 * @param isSound whether all of it is as it was written
 */
public record Verification(List<String> lines, boolean isSound) {
    /**
     * Reads all of {@code directory}.
     *
     * @throws DataDirectoryException where it is no data directory, or in use
     * @throws IOException where the disk fails
     */
    public static Verification of(Path directory) throws IOException {
        Path file = directory.resolve(DataDirectory.IDENTITY);
        if (!Files.exists(file)) {
            throw new DataDirectoryException("The directory " + directory
                    + " is not a data directory of lockservice: it has no file 'identity'. Name the directory that"
                    + " was given to --data.");
        }
        DirectoryLock lock = DirectoryLock.acquire(directory);
        try {
            Findings found = new Findings();
            found.look(directory, file);
            return new Verification(List.copyOf(found.lines), found.sound);
        } finally {
            lock.close();
        }
    }

    private static final class Findings {
        private final List<String> lines = new ArrayList<>();
        private boolean sound = true;
        private long newestSlot;

        void look(Path directory, Path file) throws IOException {
            checkpoints(directory.resolve(DataDirectory.CHECKPOINTS));
            Identity identity;
            try {
                identity = Identity.decode(Files.readAllBytes(file), file.toString());
            } catch (DataDirectoryException broken) {
                bad(file + ": " + broken.getMessage());
                return;
            }
            good(file + ": replica " + identity.replicaId() + " of cell '" + identity.cell() + "'");
            if (identity.journalMade()) {
                journal(directory.resolve(DataDirectory.JOURNAL), identity.dataIncarnation());
            }
        }

        private void checkpoints(Path directory) throws IOException {
            for (Path each : CheckpointStore.filesIn(directory)) {
                try {
                    CheckpointSummary summary = CheckpointSummary.of(each);
                    newestSlot = Math.max(newestSlot, summary.slot());
                    good(each + ": slot " + summary.slot() + ", revision " + summary.revision() + ", epoch "
                            + summary.epoch() + ", " + summary.records() + " records, " + summary.lengthBytes()
                            + " bytes");
                } catch (DamagedCheckpoint broken) {
                    bad(each + ": " + broken.getMessage());
                }
            }
        }

        private void journal(Path directory, long binding) throws IOException {
            try {
                JournalReport report = JournalReport.of(directory, binding);
                if (report.droppedSlot() > newestSlot) {
                    bad(directory + ": the log up to slot " + report.droppedSlot()
                            + " was dropped, and no sound checkpoint has it");
                }
                good(directory + ": " + report.records() + " records in " + report.segments() + " segments, slots "
                        + report.firstSlot() + " to " + report.lastSlot());
                report.torn()
                        .ifPresent(torn -> lines.add("sound    " + torn
                                + ": an unfinished write, never acknowledged; the next start cuts it"));
            } catch (JournalCorruption broken) {
                bad(directory + ": " + broken.getMessage());
            }
        }

        private void good(String what) {
            lines.add("sound    " + what);
        }

        private void bad(String what) {
            lines.add("DAMAGED  " + what);
            sound = false;
        }
    }
}
