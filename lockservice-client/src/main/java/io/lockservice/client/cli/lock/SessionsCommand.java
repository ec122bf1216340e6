package io.lockservice.client.cli.lock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Console;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.cli.shell.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists sessions. */
@Command(name = "sessions", description = "Lists the sessions, or shows what one of them holds.")
public final class SessionsCommand extends CellCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "SESSION", description = "only this one, with what it holds")
    private @Nullable String session;

    /** The command in this shell. */
    public SessionsCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        if (session != null) {
            JsonNode one = ask(client, Operation.get("/v1/sessions/" + PercentText.encode(session)))
                    .json();
            shell().print(
                            one,
                            () -> one.properties()
                                    .forEach(field -> console()
                                            .line("%-12s %s"
                                                    .formatted(
                                                            field.getKey(), Console.plain(text(field.getValue()))))));
            return ExitStatus.DONE;
        }
        ArrayNode sessions = pages(client, "/v1/sessions", "sessions");
        shell().print(Shell.listed("sessions", sessions), () -> {
            Table table = new Table(console(), "SESSION", "LEASE", "LEFT", "CLIENT");
            for (JsonNode each : sessions) {
                table.row(
                        each.path("session").asText(),
                        duration(each.path("leaseMs")),
                        duration(each.path("remainingMs")),
                        each.path("client").asText());
            }
            table.print();
        });
        return ExitStatus.DONE;
    }

    private static String text(JsonNode value) {
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static String duration(JsonNode ms) {
        return ms.isNumber() ? Durations.text(ms.asLong()) : "";
    }
}
