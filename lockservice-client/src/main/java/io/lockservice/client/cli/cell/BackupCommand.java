package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CellStream;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Downloads a backup. */
@Command(
        name = "backup",
        description =
                "Downloads a backup of the running cell. FILE is replaced once the new backup is whole and on disk;"
                        + " lockservice-server.jar restores it.")
public final class BackupCommand extends CellCommand {
    @Parameters(index = "0", paramLabel = "FILE", description = "where to put it")
    private Path file = Path.of("");

    @Option(names = "--stale", description = "what the replica that is asked has, also where nobody leads")
    private boolean stale;

    /** The command in this shell. */
    public BackupCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        CellStream cell = new CellStream(shell(), client.loop());
        String path = "/v1/cell/checkpoint" + (stale ? "?consistency=stale" : "");
        long bytes;
        try (InputStream backup = cell.open(path, Map.of("Accept", "application/octet-stream"))) {
            bytes = stored(backup, part);
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            String reason = e.getMessage() == null ? e.toString() : e.getMessage();
            throw CommandFailure.refused("not-written", "no backup was written to " + file + ": " + reason);
        }
        shell().print(
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("file", target.toString())
                                .put("bytes", bytes),
                        () -> console().line(file + "  " + bytes + " bytes"));
        return ExitStatus.DONE;
    }

    private static long stored(InputStream backup, Path part) throws IOException {
        try (FileChannel out = FileChannel.open(
                part, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            long bytes = backup.transferTo(Channels.newOutputStream(out));
            out.force(true);
            return bytes;
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }
}
