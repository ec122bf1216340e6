package io.lockservice.client.cli.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.cli.shell.Table;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists services, or the instances of one. */
@Command(name = "services", description = "Lists the services that somebody offers; of one, its instances.")
public final class ServicesCommand extends CellCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "SERVICE", description = "one service: its instances")
    private @Nullable String service;

    /** The command in this shell. */
    public ServicesCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        if (service == null) {
            list(pages(client, "/v1/services", "services"));
        } else {
            show(ask(client, Operation.get(ServiceNames.path(service))).json());
        }
        return ExitStatus.DONE;
    }

    private void list(ArrayNode services) {
        shell().print(Shell.listed("services", services), () -> {
            Table table = new Table(console(), "SERVICE", "INSTANCES");
            services.forEach(each -> table.row(
                    each.path("name").asText(), each.path("instanceCount").asText()));
            table.print();
        });
    }

    private void show(JsonNode found) {
        shell().print(found, () -> {
            Table table = new Table(console(), "ID", "ADDRESS", "WEIGHT", "TAGS", "METADATA", "SESSION");
            found.path("instances")
                    .forEach(each -> table.row(
                            each.path("id").asText(),
                            ServiceNames.hostAndPort(each),
                            each.path("weight").asText(),
                            ServiceNames.texts(each.path("tags")),
                            ServiceNames.pairs(each.path("metadata")),
                            each.path("session").asText("")));
            table.print();
        });
    }
}
