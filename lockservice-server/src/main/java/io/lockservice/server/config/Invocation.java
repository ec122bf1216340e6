package io.lockservice.server.config;

import java.nio.file.Path;

/** What the command line asks for. */
public sealed interface Invocation {
    /** A whole cell in this process. */
    record Embedded(CellConfig config, Path data) implements Invocation {}

    /** One replica of a cell. */
    record OneReplica(CellConfig config, int replicaId, boolean joins, Path data) implements Invocation {}

    /** Look at every file of a data directory that no process uses. */
    record Verify(Path data) implements Invocation {}

    /**
     * Make a data directory from a backup.
     *
     * @param from the backup, a checkpoint file
     * @param replicaId the replica of {@code config} that starts from it
     * @param data the directory, empty or not there
     */
    record Restore(Path from, CellConfig config, int replicaId, Path data) implements Invocation {}

    /**
     * Nothing to start: print and exit.
     *
     * @param status exit status: 0 for help that was asked for, {@link CommandLine#USAGE_ERROR} for a mistake
     * @param text for standard output with status 0, else one line for standard error
     */
    record Exit(int status, String text) implements Invocation {}
}
