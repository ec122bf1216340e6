package io.lockservice.client.cli.cell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.cli.shell.CellCommand;
import io.lockservice.client.cli.shell.CommandFailure;
import io.lockservice.client.cli.shell.ExitStatus;
import io.lockservice.client.cli.shell.Shell;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Moves leadership. */
@Command(name = "transfer", description = "Moves leadership to another replica, without losing a session or a lock.")
public final class TransferCommand extends CellCommand {
    private static final long LOOK_AGAIN_MS = 50;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ID",
            description = "who shall lead; default: the follower that has come furthest")
    private @Nullable Integer replica;

    /** The command in this shell. */
    public TransferCommand(Shell shell) {
        super(shell);
    }

    @Override
    protected int run(LockServiceClient client) throws InterruptedException {
        Operation move = Operation.post("/v1/cell/leader");
        int before = ask(client, replica == null ? move : move.json(new JsonObject().put("replica", replica)))
                .json()
                .path("leader")
                .asInt();
        long deadlineNanos = client.loop().nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(shell().options().timeoutMs());
        JsonNode cell = ask(client, Operation.get("/v1/cell")).json();
        // The old leader may still answer for a moment.
        while (!isDone(before, cell.path("leader").asInt())) {
            if (client.loop().nanoTime() - deadlineNanos > 0) {
                throw CommandFailure.refused(
                        "not-moved", "replica " + before + " leads still; `lockctl status` shows who could");
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
            cell = ask(client, Operation.get("/v1/cell")).json();
        }
        int leader = cell.path("leader").asInt();
        shell().print(
                        JsonNodeFactory.instance.objectNode().put("leader", leader),
                        () -> console().line("replica " + leader + " leads"));
        return ExitStatus.DONE;
    }

    private boolean isDone(int before, int now) {
        return replica == null ? now > 0 && now != before : now == replica;
    }
}
