package io.lockservice.client.cli.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockservice.client.ClientOptions;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.transport.Address;
import java.util.List;

/**
 * What a command runs in.
 *
 * @param console where it reads and prints
 * @param options the options that all commands have
 */
public record Shell(Console console, CellOptions options) {
    private static final int MOST_CONNECTIONS = 256;

    /** A client of the cell that the options name. Nothing is sent yet. */
    public LockServiceClient connect() {
        String[] urls = addresses().stream().map(Address::toString).toArray(String[]::new);
        long timeoutMs = options.timeoutMs();
        return LockServiceClient.connect(ClientOptions.of(urls)
                .operationTimeoutMs(timeoutMs)
                .attemptTimeoutMs(Math.min(timeoutMs, 3_000))
                .maxConnections(MOST_CONNECTIONS)
                // Most commands are one request, for which opening a channel would take longer than it saves.
                .channel(false));
    }

    /** The replicas to ask. */
    public List<Address> addresses() {
        return options.addresses(console);
    }

    /** Whether programs read the output. */
    public boolean json() {
        return options.json();
    }

    /** Prints JSON where programs read it, else {@code people} prints. */
    public void print(JsonNode value, Runnable people) {
        if (json()) {
            console.json(value);
        } else {
            people.run();
        }
    }

    /** Says on standard error why a command failed. */
    public int failed(Throwable failure) {
        if (json()) {
            ObjectNode problem = JsonNodeFactory.instance
                    .objectNode()
                    .put("code", ExitStatus.code(failure))
                    .put("detail", ExitStatus.detail(failure));
            console.err().println(problem);
        } else {
            console.note(ExitStatus.message(failure));
        }
        return ExitStatus.of(failure);
    }

    /** An object with one list in it. */
    public static ObjectNode listed(String field, ArrayNode list) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.set(field, list);
        return object;
    }
}
