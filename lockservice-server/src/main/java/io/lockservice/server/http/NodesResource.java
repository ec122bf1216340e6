package io.lockservice.server.http;

import io.lockservice.api.Answer;
import io.lockservice.api.Condition;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Cursor;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.NodeJson;
import java.util.function.BiConsumer;

/** {@code /v1/nodes}: stats, children, making directories, deleting nodes. */
final class NodesResource implements Resource {
    private final Methods one = new Methods().get(this::show).put(this::make).delete(this::delete);

    @Override
    public void handle(Exchange exchange) {
        if (exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "say which node: /v1/nodes/ls/local/<name>");
        }
        one.dispatch(exchange);
    }

    private void show(Exchange exchange) {
        Query query = exchange.queryOfNode();
        long maxStaleMs = query.maxStaleMs();
        exchange.cacheable(query, maxStaleMs);
        boolean content = query.flag("content");
        if (query.flag("children")) {
            if (content) {
                throw new ProblemException(
                        Problem.badField("content", "content goes without children=true: a directory has none"));
            }
            Request.ListChildren request = new Request.ListChildren(exchange.name(), query.limit(), after(query));
            query.finish();
            children(exchange, request, maxStaleMs);
            return;
        }
        query.finish();
        Name name = exchange.name();
        BiConsumer<Answer, Reply.Node> reply = (answer, node) -> exchange.sendJson(200, answer, json -> {
            NodeJson.stat(json, node.stat());
            if (node.content() != null) {
                NodeJson.content(json, node.content());
            }
        });
        exchange.withoutBody(
                () -> exchange.read(new Request.GetStat(name, content), maxStaleMs, Reply.Node.class, reply));
    }

    private static void children(Exchange exchange, Request.ListChildren request, long maxStaleMs) {
        BiConsumer<Answer, Reply.Children> reply = (answer, page) -> exchange.sendJson(200, answer, json -> {
            NodeJson.statField(json, page.stat());
            JsonText.objects(json, "children", page.children(), NodeJson::stat);
            Cursor.next(json, page.next());
        });
        exchange.withoutBody(() -> exchange.read(request, maxStaleMs, Reply.Children.class, reply));
    }

    private void make(Exchange exchange) {
        exchange.queryOfNode().finish();
        Name name = exchange.name();
        exchange.withJson(fields -> {
            fields.choice("kind", NodeKind::label, NodeKind.DIRECTORY);
            boolean ephemeral = fields.flag("ephemeral");
            boolean parents = fields.flag("parents");
            fields.finish();
            if (ephemeral) {
                exchange.session();
            }
            exchange.command(
                    new Request.MakeDirectory(name, ephemeral, parents),
                    Reply.Written.class,
                    (answer, made) -> exchange.sendJson(
                            made.created() ? 201 : 200, answer, json -> NodeJson.stat(json, made.stat())));
        });
    }

    private void delete(Exchange exchange) {
        Query query = exchange.queryOfNode();
        boolean recursive = query.flag("recursive");
        query.finish();
        Name name = exchange.name();
        Condition condition = exchange.preconditions().ofDelete();
        exchange.withoutBody(() -> exchange.command(
                new Request.DeleteNode(name, recursive, condition),
                Reply.Done.class,
                (answer, done) -> exchange.sendNothing(204, answer)));
    }

    private static String after(Query query) {
        String component = query.after();
        try {
            if (component.indexOf('/') >= 0) {
                throw Cursor.notACursor();
            }
            if (!component.isEmpty()) {
                Name.checkComponent(component);
            }
            return component;
        } catch (ProblemException e) {
            throw Cursor.notACursor();
        }
    }
}
