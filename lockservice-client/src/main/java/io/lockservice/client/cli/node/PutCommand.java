package io.lockservice.client.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a file. */
@Command(name = "put", description = "Writes the whole content of a file, from a local file or standard input.")
public final class PutCommand extends CellCommand {
    /** More than any cell takes: what is larger is not even sent. */
    private static final int MOST_BYTES = 16 << 20;

    private static final String STANDARD_INPUT = "-";

    @Parameters(index = "0", paramLabel = "NAME", description = "the file in the cell")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "default: standard input, also -")
    private String from = STANDARD_INPUT;

    @Option(
            names = {"-p", "--parents"},
            description = "makes missing directories")
    private boolean parents;

    @Option(names = "--new", description = "only where there is no such file yet")
    private boolean onlyNew;

    @Mixin
    private final WriteOptions conditions = new WriteOptions();

    /** The command in this shell. */
    public PutCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        if (onlyNew && conditions.hasMatch()) {
            throw CommandFailure.usage("--new and --if-match exclude each other: leave one out");
        }
        Operation write = Operation.put(path("files", name) + (parents ? "?parents=true" : ""));
        write = conditions.applied(write.withBody(Buffer.buffer(content())));
        JsonNode stat = ask(client, onlyNew ? write.header("If-None-Match", "*") : write)
                .json();
        shell().print(
                        stat,
                        () -> console()
                                .line(Console.plain(stat.path("name").asText()) + "  "
                                        + stat.path("length").asText() + " bytes, version " + version(stat)));
        return ExitStatus.DONE;
    }

    private byte[] content() {
        try (InputStream in = from.equals(STANDARD_INPUT) ? console().in() : Files.newInputStream(Path.of(from))) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                throw CommandFailure.refused("content-too-large", from + " is larger than any cell takes: write less");
            }
            return content;
        } catch (NoSuchFileException missing) {
            throw CommandFailure.refused("not-read", "there is no file " + from + " here to put");
        } catch (IOException e) {
            throw CommandFailure.refused("not-read", "cannot read " + from + ": " + e.getMessage());
        }
    }
}
