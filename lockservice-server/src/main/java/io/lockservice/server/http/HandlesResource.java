package io.lockservice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.NodeJson;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code /v1/handles}: opening and closing nodes (Burrows, section 2.6). */
final class HandlesResource implements Resource {
    private static final int CHECK_DIGITS = 20;

    private final UnguessableText ids = new UnguessableText();
    private final Methods all = new Methods().post(this::open);
    private final Methods one = new Methods().delete(this::close);

    @Override
    public void handle(Exchange exchange) {
        (exchange.subpath().isEmpty() ? all : one).dispatch(exchange);
    }

    private void open(Exchange exchange) {
        exchange.query().finish();
        String session = exchange.session();
        exchange.withJson(fields -> {
            Request.OpenHandle request = open(exchange, session, fields);
            exchange.command(request, Reply.HandleOpened.class, (answer, opened) -> {
                exchange.header(
                        "Location",
                        "/v1/handles/" + PercentText.encode(opened.handle().toString()));
                exchange.sendJson(201, answer, json -> {
                    json.writeStringField("handle", opened.handle().toString());
                    json.writeBooleanField("created", opened.created());
                    NodeJson.statField(json, opened.stat());
                });
            });
        });
    }

    private Request.OpenHandle open(Exchange exchange, String session, JsonFields fields) {
        Name name = exchange.name(fields);
        List<HandleMode> modes = fields.choices("modes", HandleMode::label, HandleMode.values());
        List<Event.Type> events = fields.choices("events", Event.Type::label, Event.Type.values());
        JsonFields create = fields.object("create");
        long lockDelayMs = fields.number("lockDelayMs", 0, 0, LocksResource.MAX_LOCK_DELAY_MS);
        fields.finish();
        return new Request.OpenHandle(
                new HandleId(session, ids.next('h', CHECK_DIGITS)),
                name,
                modes.isEmpty() ? List.of(HandleMode.READ) : modes,
                events,
                create == null ? null : creation(create),
                lockDelayMs);
    }

    private static Request.OpenHandle.Creation creation(JsonFields fields) {
        boolean must = fields.flag("must");
        NodeKind kind = fields.choice("kind", NodeKind::label, NodeKind.FILE, NodeKind.DIRECTORY);
        boolean ephemeral = fields.flag("ephemeral");
        @Nullable Content content = NodeJson.content(fields);
        fields.finish();
        if (content != null && kind == NodeKind.DIRECTORY) {
            throw fields.refusal("contentBase64", "a directory has no content; leave it out, or make a file");
        }
        return new Request.OpenHandle.Creation(must, kind, ephemeral, content == null ? Content.EMPTY : content);
    }

    private void close(Exchange exchange) {
        exchange.query().finish();
        HandleId handle = HandleId.parse(PercentText.decode(exchange.subpath().substring(1)));
        if (handle == null) {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND, "there never was such a handle; open one with POST /v1/handles");
        }
        exchange.through(handle);
        exchange.withoutBody(() -> exchange.command(
                new Request.CloseHandle(handle),
                Reply.Done.class,
                (answer, done) -> exchange.sendNothing(204, answer)));
    }

    /** One of a session's handles. */
    static void handle(JsonGenerator json, Reply.HandleState handle) throws IOException {
        json.writeStringField("handle", handle.handle().toString());
        json.writeStringField("name", handle.name());
        json.writeNumberField("instance", handle.instance());
        JsonText.texts(
                json, "modes", handle.modes().stream().map(HandleMode::label).toList());
        JsonText.texts(
                json, "events", handle.events().stream().map(Event.Type::label).toList());
    }
}
