package io.lockservice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Answer;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Cursor;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.EventJson;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.LockJson;
import java.io.IOException;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/** {@code /v1/sessions}: opening, keeping alive, looking at and closing sessions. */
final class SessionsResource implements Resource {
    private static final long DEFAULT_LEASE_MS = 12_000;
    private static final long MIN_LEASE_MS = 1_000;
    private static final long MAX_LEASE_MS = 86_400_000;
    private static final long MAX_WAIT_MS = 60_000;
    private static final int MAX_CLIENT_CHARS = 128;
    private static final int MAX_METADATA = 32;
    private static final int MAX_METADATA_KEY_CHARS = 64;
    private static final int MAX_METADATA_VALUE_CHARS = 256;
    private static final Pattern POSSIBLE_ID = Pattern.compile("[\\x21-\\x7E]{1,64}");
    private static final String KEEP_ALIVE = "/keepalive";

    private static final int ID_CHARS = 26;

    private final HttpSettings settings;
    private final UnguessableText ids = new UnguessableText();
    private final Methods all = new Methods().get(this::list).post(this::open);
    private final Methods one = new Methods().get(this::show).delete(this::close);
    private final Methods keepAlive = new Methods().post(this::keepAlive);

    SessionsResource(HttpSettings settings) {
        this.settings = settings;
    }

    @Override
    public void handle(Exchange exchange) {
        String below = exchange.subpath();
        int idEnd = below.indexOf('/', 1);
        if (below.isEmpty()) {
            all.dispatch(exchange);
        } else if (idEnd < 0 && below.length() > 1) {
            one.dispatch(exchange);
        } else if (idEnd > 1 && below.substring(idEnd).equals(KEEP_ALIVE)) {
            keepAlive.dispatch(exchange);
        } else {
            throw new ProblemException(ProblemCode.NOT_FOUND, "there is no such resource below /v1/sessions");
        }
    }

    private void open(Exchange exchange) {
        exchange.query().finish();
        exchange.withJson(fields -> {
            String client = fields.text("client", MAX_CLIENT_CHARS);
            long leaseMs = fields.number("leaseMs", DEFAULT_LEASE_MS, MIN_LEASE_MS, MAX_LEASE_MS);
            Map<String, String> metadata =
                    fields.texts("metadata", MAX_METADATA, MAX_METADATA_KEY_CHARS, MAX_METADATA_VALUE_CHARS);
            boolean caches = fields.flag("cache");
            if (caches && leaseMs > Request.OpenSession.MAX_CACHING_LEASE_MS) {
                throw fields.refusal(
                        "leaseMs",
                        "a session that caches has a lease of at most " + Request.OpenSession.MAX_CACHING_LEASE_MS
                                + " ms: writers may have to wait for it");
            }
            fields.finish();
            exchange.command(
                    new Request.OpenSession(
                            ids.next('s', ID_CHARS), client == null ? "" : client, leaseMs, metadata, caches),
                    Reply.SessionOpened.class,
                    (answer, opened) -> opened(exchange, answer, opened));
        });
    }

    private void opened(Exchange exchange, Answer answer, Reply.SessionOpened opened) {
        exchange.header("Location", "/v1/sessions/" + opened.session());
        exchange.sendJson(201, answer, json -> {
            json.writeStringField("session", opened.session());
            json.writeStringField("client", opened.client());
            json.writeNumberField("leaseMs", opened.leaseMs());
            JsonText.known(json, "remainingMs", opened.remainingMs());
            json.writeNumberField("epoch", answer.epoch());
            json.writeStringField("cell", settings.cell());
            leader(json, answer.leader());
        });
    }

    private void leader(JsonGenerator json, int leader) throws IOException {
        if (leader == 0) {
            json.writeNullField("leader");
            return;
        }
        json.writeObjectFieldStart("leader");
        json.writeNumberField("replica", leader);
        json.writeStringField(
                "url", settings.member(leader).map(HttpSettings.Member::url).orElse(null));
        json.writeEndObject();
    }

    private void keepAlive(Exchange exchange) {
        exchange.query().finish();
        String session = session(exchange, KEEP_ALIVE.length());
        exchange.withJson(fields -> {
            long waitMs = fields.number("waitMs", 0, 0, MAX_WAIT_MS);
            long ack = fields.number("ack", Request.KeepAlive.NO_ACK, 0, Long.MAX_VALUE);
            fields.finish();
            exchange.command(
                    new Request.KeepAlive(session, waitMs, ack),
                    Reply.KeptAlive.class,
                    (answer, kept) -> exchange.sendJson(200, answer, json -> {
                        json.writeNumberField("leaseMs", kept.leaseMs());
                        json.writeNumberField("remainingMs", kept.remainingMs());
                        json.writeNumberField("epoch", answer.epoch());
                        JsonText.objects(json, "events", kept.events(), EventJson::ofSession);
                    }));
        });
    }

    private void show(Exchange exchange) {
        Query query = exchange.query();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        String session = session(exchange, 0);
        BiConsumer<Answer, Reply.SessionDetail> reply = (answer, detail) -> exchange.sendJson(200, answer, json -> {
            summary(json, detail.session());
            JsonText.objects(json, "locks", detail.locks(), LockJson::held);
            JsonText.texts(json, "waiting", detail.waiting());
            JsonText.texts(json, "ephemerals", detail.ephemerals());
            JsonText.objects(json, "handles", detail.handles(), HandlesResource::handle);
        });
        exchange.withoutBody(
                () -> exchange.read(new Request.GetSession(session), maxStaleMs, Reply.SessionDetail.class, reply));
    }

    private void list(Exchange exchange) {
        Query query = exchange.query();
        Request.ListSessions request = new Request.ListSessions(query.limit(), query.after());
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        BiConsumer<Answer, Reply.SessionPage> reply = (answer, page) -> exchange.sendJson(200, answer, json -> {
            JsonText.objects(json, "sessions", page.sessions(), SessionsResource::summary);
            Cursor.next(json, page.next());
        });
        exchange.withoutBody(() -> exchange.read(request, maxStaleMs, Reply.SessionPage.class, reply));
    }

    private void close(Exchange exchange) {
        Query query = exchange.query();
        long afterMs = query.number("afterMs", 0, 0, Query.MAX_DURATION_MS);
        query.finish();
        String session = session(exchange, 0);
        exchange.withoutBody(() -> exchange.command(
                new Request.CloseSession(session, afterMs),
                Reply.Done.class,
                (answer, done) -> exchange.sendNothing(204, answer)));
    }

    private static void summary(JsonGenerator json, Reply.SessionSummary session) throws IOException {
        json.writeStringField("session", session.session());
        json.writeStringField("client", session.client());
        json.writeNumberField("leaseMs", session.leaseMs());
        JsonText.known(json, "remainingMs", session.remainingMs());
        json.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> entry : session.metadata().entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    /** The id in the path, without its first slash and what follows it. */
    private static String session(Exchange exchange, int charsAfter) {
        String below = exchange.subpath();
        String id = PercentText.decode(below.substring(1, below.length() - charsAfter));
        if (!POSSIBLE_ID.matcher(id).matches()) {
            throw new ProblemException(
                    ProblemCode.SESSION_EXPIRED, "there never was such a session; open one with POST /v1/sessions");
        }
        return id;
    }
}
