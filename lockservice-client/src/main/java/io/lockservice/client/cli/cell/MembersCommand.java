package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who is in the cell: the commands below {@code members}. */
@Command(name = "members", description = "Lists, adds and removes replicas while the cell serves.")
public final class MembersCommand {
    /** The commands come as subcommands of this one. */
    public MembersCommand() {}

    /** Lists them. */
    @Command(name = "list", description = "Lists the replicas.")
    public static final class ListMembers extends CellCommand {
        /** The command in this shell. */
        public ListMembers(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(LockServiceClient client) throws InterruptedException {
            JsonNode replicas = ask(client, Operation.get("/v1/cell")).json().path("replicas");
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            replicas.forEach(list::add);
            shell().print(Shell.listed("replicas", list), () -> Replicas.print(console(), list));
            return ExitStatus.DONE;
        }
    }

    /** Adds one. */
    @Command(
            name = "add",
            description =
                    "Adds a replica: it learns first, and votes by itself once it has caught up. Start it with --join"
                            + " and an empty data directory.")
    public static final class Add extends CellCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "its id, one that no member has")
        private int id;

        @Option(names = "--host", required = true, paramLabel = "HOST", description = "where the others reach it")
        private String host = "";

        @Option(names = "--bus", required = true, paramLabel = "PORT", description = "the port of its event bus")
        private int bus;

        @Option(names = "--http", required = true, paramLabel = "PORT", description = "the port of its HTTP door")
        private int http;

        /** The command in this shell. */
        public Add(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(LockServiceClient client) throws InterruptedException {
            JsonObject body = new JsonObject()
                    .put("id", id)
                    .put("host", host)
                    .put("bus", bus)
                    .put("http", http);
            JsonNode answer =
                    ask(client, Operation.post("/v1/cell/replicas").json(body)).json();
            shell().print(
                            answer,
                            () -> console()
                                    .line("replica " + id
                                            + " is in the cell and learns; `lockctl members list` shows when"
                                            + " it votes"));
            return ExitStatus.DONE;
        }
    }

    /** Removes one. */
    @Command(name = "remove", description = "Removes a replica, which stops by itself.")
    public static final class Remove extends CellCommand {
        @Parameters(index = "0", paramLabel = "ID", description = "its id")
        private int id;

        @Option(
                names = "--force",
                description = "also where the others have no majority without it: that stops the cell until they have")
        private boolean force;

        /** The command in this shell. */
        public Remove(Shell shell) {
            super(shell);
        }

        @Override
        protected int run(LockServiceClient client) throws InterruptedException {
            JsonNode answer = ask(client, Operation.delete("/v1/cell/replicas/" + id + (force ? "?force=true" : "")))
                    .json();
            shell().print(answer, () -> console().line("replica " + id + " is no longer in the cell"));
            return ExitStatus.DONE;
        }
    }
}
