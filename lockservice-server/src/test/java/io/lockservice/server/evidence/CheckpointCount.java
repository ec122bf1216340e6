package io.lockservice.server.evidence;

import io.lockservice.server.process.CellProcesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Counts the checkpoints that were seen when somebody looked, at least, and those that came from a peer. */
final class CheckpointCount {
    private final CellProcesses cell;
    private final Set<String> seen = new TreeSet<>();

    CheckpointCount(CellProcesses cell) {
        this.cell = cell;
    }

    /** Looks what there is now. */
    void look() {
        for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
            Path directory = cell.data(id).resolve("checkpoints");
            if (Files.isDirectory(directory)) {
                look(id, directory);
            }
        }
    }

    private void look(int id, Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            files.map(each -> String.valueOf(each.getFileName()))
                    .filter(each -> each.matches("checkpoint-\\d+"))
                    .forEach(each -> seen.add(id + " " + each));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    int taken() {
        return seen.size();
    }

    /** How often a line with {@code text} is in the replicas' logs. */
    static long logged(CellProcesses cell, String text) {
        long count = 0;
        for (int id = 1; id <= CellProcesses.REPLICAS; id++) {
            try {
                count +=
                        cell.log(id).lines().filter(line -> line.contains(text)).count();
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return count;
    }

    @Override
    public String toString() {
        return "at least " + taken() + " checkpoints, " + logged(cell, "fetching a checkpoint from a peer")
                + " transfers begun and " + logged(cell, "a peer's checkpoint is here") + " completed, "
                + logged(cell, "was not finished and not acknowledged") + " torn writes cut";
    }
}
