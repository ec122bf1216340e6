package io.lockservice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Request.Guard;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.LockJson;
import io.lockservice.server.http.json.NodeJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** {@code POST /v1/txn}: several operations in one change, if what is expected holds. */
final class TransactionsResource implements Resource {
    private static final int MAX_SESSION_CHARS = 64;
    private static final List<String> OPERATIONS = List.of("write", "delete", "mkdir", "read", "acquire", "release");

    private final Methods methods = new Methods().post(this::transact);

    @Override
    public void handle(Exchange exchange) {
        if (!exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "transactions are done with POST /v1/txn");
        }
        methods.dispatch(exchange);
    }

    private void transact(Exchange exchange) {
        exchange.query().finish();
        exchange.withJson(fields -> {
            List<Guard> guards = all(exchange, fields, "guards", TransactionsResource::guard);
            List<Request> then = all(exchange, fields, "then", TransactionsResource::operation);
            List<Request> otherwise = all(exchange, fields, "else", TransactionsResource::operation);
            fields.finish();
            int parts = guards.size() + then.size() + otherwise.size();
            if (parts > Request.Transaction.MAX_PARTS) {
                throw new ProblemException(Problem.badField(
                        "then",
                        "a transaction has at most " + Request.Transaction.MAX_PARTS
                                + " guards and operations, both branches counted; this has " + parts));
            }
            Request.Transaction transaction = new Request.Transaction(guards, then, otherwise);
            if (transaction.operations().anyMatch(TransactionsResource::needsSession)) {
                exchange.session();
            }
            exchange.command(
                    transaction,
                    Reply.Transacted.class,
                    (answer, done) -> exchange.sendJson(200, answer, json -> {
                        json.writeBooleanField("succeeded", done.succeeded());
                        JsonText.objects(json, "results", done.results(), TransactionsResource::result);
                    }));
        });
    }

    private static <T> List<T> all(
            Exchange exchange, JsonFields fields, String name, BiFunction<Exchange, JsonFields, T> one) {
        List<T> all = new ArrayList<>();
        for (JsonFields each : fields.objects(name, Request.Transaction.MAX_PARTS)) {
            all.add(one.apply(exchange, each));
            each.finish();
        }
        return all;
    }

    private static boolean needsSession(Request operation) {
        return operation instanceof Request.Acquire
                || operation instanceof Request.Release
                || (operation instanceof Request.WriteFile write && write.ephemeral());
    }

    private static Guard guard(Exchange exchange, JsonFields fields) {
        if (fields.has("sequencer")) {
            String text = fields.requiredText("sequencer", SequencersResource.MAX_SEQUENCER_CHARS);
            return new Guard.Valid(exchange.sequencer(fields.at("sequencer"), text));
        } else if (fields.has("session")) {
            return new Guard.Alive(fields.requiredText("session", MAX_SESSION_CHARS));
        } else if (fields.has("epoch")) {
            return new Guard.Epoch(fields.number("epoch", 0, 0, Long.MAX_VALUE));
        } else if (!fields.has("name")) {
            throw fields.refusal("name", "a guard has a name, a sequencer, a session or an epoch");
        }
        Name name = exchange.name(fields);
        if (fields.has("exists")) {
            return new Guard.Exists(name, fields.flag("exists"));
        }
        Long instance = fields.optionalNumber("instance", 0, Long.MAX_VALUE);
        Long contentGeneration = fields.optionalNumber("contentGeneration", 0, Long.MAX_VALUE);
        if (instance == null && contentGeneration == null) {
            throw fields.refusal("exists", "say what is expected of the node: exists, instance or contentGeneration");
        }
        return new Guard.Version(name, instance, contentGeneration);
    }

    private static Request operation(Exchange exchange, JsonFields fields) {
        String operation = fields.requiredText("op", MAX_SESSION_CHARS);
        if (!OPERATIONS.contains(operation)) {
            throw fields.refusal("op", "op must be one of " + String.join(", ", OPERATIONS));
        }
        Name name = exchange.name(fields);
        return switch (operation) {
            case "write" ->
                new Request.WriteFile(name, content(fields), Condition.NONE, false, fields.flag("ephemeral"));
            case "delete" -> new Request.DeleteNode(name, false, Condition.NONE);
            case "mkdir" -> new Request.MakeDirectory(name, false, false);
            case "read" -> new Request.GetStat(name, true);
            case "acquire" ->
                new Request.Acquire(
                        name,
                        fields.choice("mode", LockMode::label, LockMode.EXCLUSIVE, LockMode.SHARED),
                        0,
                        false,
                        LockCreation.EPHEMERAL,
                        "");
            default -> new Request.Release(name);
        };
    }

    private static Content content(JsonFields fields) {
        Content content = NodeJson.content(fields);
        if (content == null) {
            throw fields.refusal("content", "give either content or contentBase64");
        }
        return content;
    }

    private static void result(JsonGenerator json, Reply result) throws IOException {
        if (result instanceof Reply.Written written) {
            NodeJson.statField(json, written.stat());
        } else if (result instanceof Reply.Node node) {
            NodeJson.statField(json, node.stat());
            if (node.content() != null) {
                NodeJson.content(json, node.content());
            }
        } else if (result instanceof Reply.Granted granted) {
            LockJson.granted(json, granted);
        } else if (result instanceof Reply.Released) {
            json.writeBooleanField("released", true);
        }
    }
}
