package io.lockservice.client.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Operation;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Reads and writes nodes for recipes. */
final class NodeCalls {
    private NodeCalls() {}

    /**
     * A node as it was read.
     *
     * @param name with the real cell's name
     * @param owner the session of an ephemeral node, else empty
     * @param instance larger than that of any earlier node of this name
     * @param generation grows with each write of this instance
     * @param content empty in a listing
     */
    record Node(String name, String owner, long instance, long generation, Buffer content) {
        /** The last component of the name. */
        String component() {
            return name.substring(name.lastIndexOf('/') + 1);
        }

        String entityTag() {
            return "\"" + instance + "." + generation + "\"";
        }
    }

    static String file(String name) {
        return "/v1/files" + PercentText.encode(name);
    }

    private static String node(String name) {
        return "/v1/nodes" + PercentText.encode(name);
    }

    /** The node with its content; empty where there is none. */
    static Future<Optional<Node>> read(LockServiceClient client, String name) {
        return client.execute(Operation.get(node(name) + "?content=true"))
                .map(response -> Optional.of(parsed(response.json())))
                .recover(orWhereMissing(Optional.empty()));
    }

    /** The nodes in a directory, without content; none where there is no directory. */
    static Future<List<Node>> children(LockServiceClient client, String directory) {
        return page(client, node(directory) + "?children=true", "", new ArrayList<>())
                .recover(orWhereMissing(List.of()));
    }

    private static Future<List<Node>> page(LockServiceClient client, String path, String after, List<Node> before) {
        String cursor = after.isEmpty() ? "" : "&after=" + PercentText.encode(after);
        return client.execute(Operation.get(path + cursor)).compose(response -> {
            JsonNode body = response.json();
            body.path("children").forEach(child -> before.add(parsed(child)));
            String next = body.path("next").asText("");
            return next.isEmpty() ? Future.succeededFuture(before) : page(client, path, next, before);
        });
    }

    /** Deletes a node; done also where there is none. */
    static Future<Void> delete(LockServiceClient client, String name) {
        return client.execute(Operation.delete(node(name)))
                .<Void>mapEmpty()
                .recover(failure -> Problems.isCode(failure, "no-such-node")
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }

    /** Whether the guards held and the operations were done. */
    static Future<Boolean> transact(LockServiceClient client, JsonArray guards, JsonArray then) {
        return client.execute(transaction(guards, then)).map(NodeCalls::succeeded);
    }

    private static Operation transaction(JsonArray guards, JsonArray then) {
        return Operation.post("/v1/txn")
                .json(new JsonObject().put("guards", guards).put("then", then));
    }

    private static boolean succeeded(Response response) {
        return response.json().path("succeeded").asBoolean(false);
    }

    /** Deletes this instance of a node, again and again until it is known to be gone; never a later one of the same name. */
    static Future<Void> deleteAtLast(Session session, String name, long instance) {
        JsonArray guards = new JsonArray().add(guard(name, instance));
        JsonArray then =
                new JsonArray().add(new JsonObject().put("op", "delete").put("name", name));
        return session.execute(transaction(guards, then))
                .<Void>mapEmpty()
                .recover(failure -> Problems.isDefinite(failure)
                        ? Future.failedFuture(failure)
                        : deleteAtLast(session, name, instance));
    }

    /** Deletes a node whose name nobody else uses, again and again until it is known to be gone. */
    static Future<Void> deleteAtLast(Session session, String name) {
        return session.execute(Operation.delete(node(name))).<Void>mapEmpty().recover(failure -> {
            if (Problems.isCode(failure, "no-such-node")) {
                return Future.succeededFuture();
            }
            return Problems.isDefinite(failure) ? Future.failedFuture(failure) : deleteAtLast(session, name);
        });
    }

    static JsonObject guard(String name, long instance) {
        return new JsonObject().put("name", name).put("instance", instance);
    }

    static JsonObject guard(String name, boolean exists) {
        return new JsonObject().put("name", name).put("exists", exists);
    }

    /** A node in JSON: a stat, and its content where that is there. */
    static Node parsed(JsonNode json) {
        return new Node(
                json.path("name").asText(),
                json.path("owner").asText(""),
                json.path("instance").asLong(),
                json.path("contentGeneration").asLong(),
                content(json));
    }

    private static Buffer content(JsonNode json) {
        try {
            JsonNode bytes = json.path("contentBase64");
            return bytes.isMissingNode()
                    ? Buffer.buffer(json.path("content").asText(""))
                    : Buffer.buffer(bytes.binaryValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> Function<Throwable, Future<T>> orWhereMissing(T value) {
        return failure ->
                Problems.isCode(failure, "no-such-node") ? Future.succeededFuture(value) : Future.failedFuture(failure);
    }

    /**
     * Does a write and, where its outcome stays unknown, repeats it with the same key until that is known: it is done once.
     *
     * @param patience says when the repeats end at the latest; the failure is then the unknown outcome's
     */
    static Future<Response> settled(Function<Operation, Future<Response>> run, Operation write, Patience patience) {
        return run.apply(write)
                .recover(failure -> failure instanceof OutcomeUnknownException unknown
                        ? settle(run, write.idempotencyKey(unknown.idempotencyKey()), unknown, patience)
                        : Future.failedFuture(failure));
    }

    /** A repeat that certainly did nothing itself says nothing of the first one. */
    private static Future<Response> settle(
            Function<Operation, Future<Response>> run,
            Operation write,
            OutcomeUnknownException unknown,
            Patience patience) {
        if (patience.isOver()) {
            return Future.failedFuture(unknown);
        }
        return run.apply(write)
                .recover(failure -> Problems.isDefinite(failure)
                        ? Future.failedFuture(failure)
                        : settle(run, write, unknown, patience));
    }

    /** Says when to stop. */
    interface Patience {
        boolean isOver();
    }
}
