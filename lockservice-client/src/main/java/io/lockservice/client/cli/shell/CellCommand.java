package io.lockservice.client.cli.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** A command that asks the cell. */
public abstract class CellCommand implements Callable<Integer> {
    private final Shell shell;

    /** A command that runs in this shell. */
    protected CellCommand(Shell shell) {
        this.shell = shell;
    }

    /**
     * Does it.
     *
     * @return the exit status
     * @throws Exception what is reported in one line
     */
    protected abstract int run(LockServiceClient client) throws Exception;

    @Override
    public final Integer call() throws Exception {
        LockServiceClient client = shell.connect();
        boolean reached = false;
        try {
            int status = run(client);
            reached = status != ExitStatus.UNREACHABLE;
            return status;
        } catch (Exception failure) {
            reached = ExitStatus.of(failure) != ExitStatus.UNREACHABLE;
            throw failure;
        } finally {
            if (reached) {
                client.close();
            } else {
                // Nobody is there to take leave of: do not wait for that too.
                client.shutdown();
            }
        }
    }

    /** What it runs in. */
    protected final Shell shell() {
        return shell;
    }

    /** Where it prints. */
    protected final Console console() {
        return shell.console();
    }

    /** The answer to an operation, waited for. */
    protected static Response ask(LockServiceClient client, Operation operation) throws InterruptedException {
        return await(client.execute(operation));
    }

    /** All pages of a list, as one. */
    protected static ArrayNode pages(LockServiceClient client, String path, String field) throws InterruptedException {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        String after = "";
        do {
            String from =
                    after.isEmpty() ? "" : (path.indexOf('?') < 0 ? "?" : "&") + "after=" + PercentText.encode(after);
            JsonNode page = ask(client, Operation.get(path + from)).json();
            page.path(field).forEach(all::add);
            after = page.path("next").asText("");
        } while (!after.isEmpty());
        return all;
    }

    /** The result, waited for; its failure as it is. */
    public static <T> T await(Future<T> future) throws InterruptedException {
        try {
            return future.toCompletionStage().toCompletableFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** The path of a resource about the node {@code name}: {@code files}, {@code nodes} or {@code locks}. */
    protected static String path(String resource, String name) {
        if (!name.startsWith("/ls/")) {
            String meant = "/ls/local/" + name.replaceFirst("^/+", "");
            throw CommandFailure.usage("a name starts with /ls/<cell>/, such as " + meant + "; this is '" + name + "'");
        }
        return "/v1/" + resource + PercentText.encode(name);
    }

    /** The version of a file's content, as {@code --if-match} takes it. */
    protected static String version(JsonNode stat) {
        return stat.path("instance").asText() + "."
                + stat.path("contentGeneration").asText();
    }
}
