package io.lockservice.client.cli.lock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.Durations;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.lockservice.client.cli.shell.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists locks that are held or waited for. */
@Command(name = "locks", description = "Lists the locks that are held or waited for, and by whom.")
public final class LocksCommand extends CellCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "PREFIX", description = "only at and below this name")
    private String prefix = "/ls/local";

    /** The command in this shell. */
    public LocksCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        path("locks", prefix);
        ArrayNode locks = pages(client, "/v1/locks?prefix=" + PercentText.encode(prefix), "locks");
        shell().print(Shell.listed("locks", locks), () -> {
            Table table = new Table(console(), "NAME", "MODE", "TOKEN", "SINCE", "CLIENT", "NOTE");
            locks.forEach(lock -> rows(table, lock));
            table.print();
        });
        return ExitStatus.DONE;
    }

    private static void rows(Table table, JsonNode lock) {
        String name = lock.path("name").asText();
        for (JsonNode holder : lock.path("holders")) {
            table.row(
                    name,
                    holder.path("mode").asText(),
                    holder.path("token").asText(),
                    since(holder.path("heldMs")),
                    holder.path("client").asText(),
                    holder.path("note").asText());
        }
        for (JsonNode waiter : lock.path("waiters")) {
            table.row(
                    name,
                    "waiting",
                    "",
                    since(waiter.path("waitedMs")),
                    waiter.path("client").asText(),
                    "");
        }
        if (lock.path("holders").isEmpty() && lock.path("waiters").isEmpty()) {
            table.row(name, lock.path("mode").asText(), "", "", "", "");
        }
    }

    private static String since(JsonNode ms) {
        return ms.isNumber() ? Durations.text(ms.asLong()) : "";
    }
}
