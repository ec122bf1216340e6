package io.lockservice.server.http;

import io.lockservice.api.Answer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.server.http.exchange.Cursor;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonFields;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.LockJson;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@code /v1/locks}: acquiring, releasing and looking at locks. */
final class LocksResource implements Resource {
    private static final long MAX_WAIT_MS = 60_000;
    static final long MAX_LOCK_DELAY_MS = 60_000;
    private static final int MAX_NOTE_CHARS = 256;

    private final HttpSettings settings;
    private final Methods all = new Methods().get(this::list);
    private final Methods one = new Methods().get(this::show).put(this::acquire).delete(this::release);

    LocksResource(HttpSettings settings) {
        this.settings = settings;
    }

    @Override
    public void handle(Exchange exchange) {
        (exchange.subpath().isEmpty() ? all : one).dispatch(exchange);
    }

    private void acquire(Exchange exchange) {
        exchange.queryOfNode().finish();
        Name name = exchange.name();
        exchange.session();
        exchange.withJson(fields -> {
            Request.Acquire request = acquire(exchange, name, fields);
            exchange.command(request, answer -> {
                if (answer.reply() instanceof Reply.Queued queued) {
                    exchange.sendJson(202, answer, json -> {
                        json.writeBooleanField("queued", true);
                        json.writeNumberField("position", queued.position());
                    });
                } else {
                    Reply.Granted granted = (Reply.Granted) answer.reply();
                    exchange.sendJson(200, answer, json -> LockJson.granted(json, granted));
                }
            });
        });
    }

    private static Request.Acquire acquire(Exchange exchange, Name name, JsonFields fields) {
        LockMode mode = fields.choice("mode", LockMode::label, LockMode.EXCLUSIVE, LockMode.SHARED);
        long waitMs = fields.number("waitMs", 0, 0, MAX_WAIT_MS);
        boolean keepPlace = fields.flag("keepPlace");
        LockCreation create = fields.choice(
                "create", LockCreation::label, LockCreation.EPHEMERAL, LockCreation.PERMANENT, LockCreation.NEVER);
        String note = fields.text("note", MAX_NOTE_CHARS);
        long lockDelayMs = fields.number("lockDelayMs", 0, 0, MAX_LOCK_DELAY_MS);
        String reclaim = fields.text("reclaim", SequencersResource.MAX_SEQUENCER_CHARS);
        fields.finish();
        Sequencer old = reclaim == null ? null : exchange.sequencer("reclaim", reclaim);
        return new Request.Acquire(name, mode, waitMs, keepPlace, create, note == null ? "" : note, lockDelayMs, old);
    }

    private void release(Exchange exchange) {
        Query query = exchange.queryOfNode();
        boolean force = query.flag("force");
        query.finish();
        Name name = exchange.name();
        if (force) {
            exchange.withoutBody(() -> exchange.command(
                    new Request.ForceRelease(name),
                    Reply.ForceReleased.class,
                    (answer, released) -> exchange.sendJson(
                            200,
                            answer,
                            json -> JsonText.objects(json, "released", released.holders(), LockJson::holder))));
            return;
        }
        exchange.session();
        exchange.withoutBody(() -> exchange.command(
                new Request.Release(name),
                Reply.Released.class,
                (answer, released) -> exchange.sendJson(
                        200,
                        answer,
                        json -> json.writeBooleanField(released.withdrawn() ? "withdrawn" : "released", true))));
    }

    private void show(Exchange exchange) {
        Query query = exchange.queryOfNode();
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        Name name = exchange.name();
        BiConsumer<Answer, Reply.LockState> reply =
                (answer, lock) -> exchange.sendJson(200, answer, json -> LockJson.state(json, lock));
        exchange.withoutBody(() -> exchange.read(new Request.GetLock(name), maxStaleMs, Reply.LockState.class, reply));
    }

    private void list(Exchange exchange) {
        Query query = exchange.query();
        String prefix = query.text("prefix");
        int limit = query.limit();
        Name after = after(exchange, query.after());
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        Request.ListLocks request = new Request.ListLocks(
                prefix == null ? Name.root(settings.cell()) : exchange.name(prefix), limit, after);
        BiConsumer<Answer, Reply.LockPage> reply = (answer, page) -> exchange.sendJson(200, answer, json -> {
            JsonText.objects(json, "locks", page.locks(), LockJson::state);
            Cursor.next(json, page.next());
        });
        exchange.withoutBody(() -> exchange.read(request, maxStaleMs, Reply.LockPage.class, reply));
    }

    private static @Nullable Name after(Exchange exchange, String key) {
        try {
            return key.isEmpty() ? null : exchange.name(key);
        } catch (ProblemException e) {
            throw Cursor.notACursor();
        }
    }
}
