package io.lockservice.client.cli.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.cli.shell.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists a directory. */
@Command(name = "ls", description = "Lists what is in a directory; a slash marks directories.")
public final class LsCommand extends CellCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "default: the cell's root, /ls/local")
    private String name = "/ls/local";

    @Option(
            names = "-l",
            description = "with length, version (as --if-match takes it) and the revision of the last change")
    private boolean details;

    /** The command in this shell. */
    public LsCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        String path = path("nodes", name);
        JsonNode stat = ask(client, Operation.get(path)).json();
        boolean isDirectory = stat.path("kind").asText().equals("directory");
        ArrayNode listed = isDirectory
                ? pages(client, path + "?children=true", "children")
                : JsonNodeFactory.instance.arrayNode().add(stat);
        shell().print(Shell.listed("children", listed), () -> {
            if (details) {
                table(listed);
            } else {
                listed.forEach(each -> console().line(Console.plain(shown(each))));
            }
        });
        return ExitStatus.DONE;
    }

    private void table(ArrayNode listed) {
        Table table = new Table(console(), "LENGTH", "VERSION", "CHANGED", "NAME");
        for (JsonNode each : listed) {
            table.row(
                    each.path("length").asText(),
                    version(each),
                    each.path("modifiedRevision").asText(),
                    shown(each) + (each.path("ephemeral").asBoolean() ? " (ephemeral)" : ""));
        }
        table.print();
    }

    private static String shown(JsonNode stat) {
        String path = stat.path("name").asText();
        String leaf = path.substring(path.lastIndexOf('/') + 1);
        return stat.path("kind").asText().equals("directory") ? leaf + "/" : leaf;
    }
}
