package io.lockservice.server.http;

import io.lockservice.api.Answer;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.EntityTag;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Preconditions;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.NodeJson;
import io.vertx.core.buffer.Buffer;

/** {@code /v1/files}: whole contents, with entity tags. */
final class FilesResource implements Resource {
    private static final String BYTES = "application/octet-stream";

    private final Methods one = new Methods().getAnyType(this::read).put(this::write);

    @Override
    public void handle(Exchange exchange) {
        if (exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "say which file: /v1/files/ls/local/<name>");
        }
        one.dispatch(exchange);
    }

    private void read(Exchange exchange) {
        exchange.requireAccept(BYTES);
        Query query = exchange.queryOfNode();
        long maxStaleMs = query.maxStaleMs();
        exchange.cacheable(query, maxStaleMs);
        query.finish();
        Name name = exchange.name();
        Preconditions preconditions = exchange.preconditions().checked();
        exchange.withoutBody(() -> exchange.read(
                new Request.ReadFile(name),
                maxStaleMs,
                Reply.Node.class,
                (answer, file) -> found(exchange, preconditions, answer, file)));
    }

    private static void found(Exchange exchange, Preconditions preconditions, Answer answer, Reply.Node file) {
        if (preconditions.failsRead(file.stat())) {
            Problem problem = new Problem(
                    ProblemCode.GENERATION_MISMATCH,
                    "the file is not at the generation that If-Match names; stat shows where it is",
                    new Problem.Current(file.stat()));
            exchange.fail(answer, problem);
            return;
        }
        exchange.header("ETag", EntityTag.of(file.stat()));
        if (preconditions.isNotModified(file.stat())) {
            exchange.sendNothing(304, answer);
            return;
        }
        Content content = file.content() == null ? Content.EMPTY : file.content();
        exchange.send(200, answer, BYTES, Buffer.buffer(content.bytes()));
    }

    private void write(Exchange exchange) {
        Query query = exchange.queryOfNode();
        boolean parents = query.flag("parents");
        boolean ephemeral = query.flag("ephemeral");
        query.finish();
        Name name = exchange.name();
        Condition condition = exchange.preconditions().ofWrite();
        if (ephemeral) {
            exchange.session();
        }
        exchange.withContent(bytes -> exchange.command(
                new Request.WriteFile(name, new Content(bytes), condition, parents, ephemeral),
                Reply.Written.class,
                (answer, written) -> {
                    exchange.header("ETag", EntityTag.of(written.stat()));
                    exchange.sendJson(
                            written.created() ? 201 : 200, answer, json -> NodeJson.stat(json, written.stat()));
                }));
    }
}
