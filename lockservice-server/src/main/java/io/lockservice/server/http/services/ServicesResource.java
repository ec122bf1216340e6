package io.lockservice.server.http.services;

import io.lockservice.api.Answer;
import io.lockservice.api.Condition;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.Accept;
import io.lockservice.server.http.exchange.Cursor;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Numbers;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.SentEvent;
import io.lockservice.server.registry.Registered;
import io.lockservice.server.registry.ServiceInstance;
import io.lockservice.server.registry.ServiceView;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.function.Consumer;

/**
 * {@code /v1/services}: instances of services, which are the ephemeral files {@code /ls/<cell>/services/<service>/<id>}. Reads
 * are from the view of the replica that is asked, once it has seen all that the cell had done when it was asked.
 */
public final class ServicesResource implements Resource {
    /** Below this all services are. */
    static final String DIRECTORY = "/ls/local/services";

    private static final String JSON = "application/json";
    private static final long MAX_WAIT_MS = 60_000;
    private static final int MAX_NAMES = 1_000;

    private final ServiceView view;
    private final Methods all = new Methods().get(this::list);
    private final Methods service = new Methods().getAnyType(this::show);
    private final Methods instance = new Methods().put(this::register).delete(this::deregister);

    /** Services as {@code view} has them. */
    public ServicesResource(ServiceView view) {
        this.view = view;
    }

    @Override
    public void handle(Exchange exchange) {
        String below = exchange.subpath();
        int second = below.indexOf('/', 1);
        if (below.isEmpty()) {
            all.dispatch(exchange);
        } else if (second < 0) {
            service.dispatch(exchange);
        } else if (below.indexOf('/', second + 1) < 0) {
            instance.dispatch(exchange);
        } else {
            throw new ProblemException(
                    ProblemCode.NOT_FOUND, "an instance of a service is at /v1/services/<service>/<instance>");
        }
    }

    private void register(Exchange exchange) {
        exchange.query().finish();
        Name name = exchange.nameBelow(DIRECTORY);
        exchange.session();
        exchange.withJson(fields -> {
            ServiceInstance registered = ServiceJson.read(fields);
            exchange.command(
                    new Request.Register(name, registered.toContent()),
                    Reply.Written.class,
                    (answer, written) -> exchange.sendJson(written.created() ? 201 : 200, answer, json -> {
                        json.writeStringField("service", serviceOf(name).leaf());
                        new Registered(name.leaf(), written.stat().owner(), registered).writeFields(json);
                    }));
        });
    }

    private void deregister(Exchange exchange) {
        exchange.query().finish();
        Name name = exchange.nameBelow(DIRECTORY);
        Condition condition = exchange.preconditions().ofDelete();
        exchange.withoutBody(() -> exchange.command(
                new Request.DeleteNode(name, false, condition),
                Reply.Done.class,
                (answer, done) -> exchange.sendNothing(204, answer)));
    }

    private void list(Exchange exchange) {
        Query query = exchange.query();
        String names = query.text("names");
        long maxStaleMs = query.maxStaleMs();
        if (names != null) {
            query.finish();
            batch(exchange, names, maxStaleMs);
            return;
        }
        int limit = query.limit();
        String after = query.after();
        query.finish();
        exchange.withoutBody(() -> ServiceRead.once(exchange, view, view.root())
                .fresh(maxStaleMs, answer -> page(exchange, answer, limit, after)));
    }

    private void page(Exchange exchange, Answer answer, int limit, String after) {
        NavigableMap<Name, Integer> counts =
                view.counts(after.isEmpty() ? null : view.root().child(after));
        List<Map.Entry<Name, Integer>> page =
                counts.entrySet().stream().limit(limit).toList();
        exchange.sendJson(200, answer, json -> {
            JsonText.objects(json, "services", page, (each, counted) -> {
                each.writeStringField("name", counted.getKey().leaf());
                each.writeNumberField("instanceCount", counted.getValue());
            });
            json.writeNumberField("revision", answer.revision());
            Cursor.next(
                    json,
                    page.size() < counts.size()
                            ? page.get(page.size() - 1).getKey().leaf()
                            : null);
        });
    }

    private void batch(Exchange exchange, String names, long maxStaleMs) {
        List<String> wanted = Arrays.stream(names.split(",", -1)).distinct().toList();
        if (wanted.size() > MAX_NAMES) {
            throw new ProblemException(Problem.badField("names", "at most " + MAX_NAMES + " services at once"));
        }
        wanted.forEach(Name::checkComponent);
        exchange.withoutBody(() -> ServiceRead.once(exchange, view, view.root())
                .fresh(
                        maxStaleMs,
                        answer -> exchange.sendJson(200, answer, json -> {
                            json.writeObjectFieldStart("services");
                            for (String each : wanted) {
                                ServiceJson.instances(json, each, view.instances(each));
                            }
                            json.writeEndObject();
                            json.writeNumberField("revision", answer.revision());
                        })));
    }

    private void show(Exchange exchange) {
        boolean isStream = wantsStream(exchange);
        if (!isStream) {
            exchange.requireAcceptJson();
        }
        Query query = exchange.query();
        ServiceFilter filter = new ServiceFilter(query.text("tag"));
        long since = query.number("since", -1, 0, Long.MAX_VALUE);
        long waitMs = query.number("waitMs", 0, 0, MAX_WAIT_MS);
        long maxStaleMs = query.maxStaleMs();
        query.finish();
        Name name = exchange.nameBelow(DIRECTORY);
        if (isStream) {
            if (waitMs > 0) {
                throw new ProblemException(
                        Problem.badField("waitMs", "waitMs goes with application/json; a stream waits by itself"));
            }
            long seen = lastEventId(exchange, since);
            exchange.withoutBody(() -> new ServiceStream(exchange, view, name, filter, seen).start(maxStaleMs));
        } else {
            if (since < 0 && waitMs > 0) {
                throw new ProblemException(
                        Problem.badField("waitMs", "waitMs goes with since: the revision of what you have"));
            }
            exchange.withoutBody(() -> answer(exchange, name, filter, since, waitMs, maxStaleMs));
        }
    }

    private void answer(Exchange exchange, Name name, ServiceFilter filter, long since, long waitMs, long maxStaleMs) {
        ServiceRead read = ServiceRead.once(exchange, view, name);
        Consumer<Answer> reply = answer -> exchange.sendJson(
                200,
                answer,
                json -> ServiceJson.service(json, name, filter.of(view.instances(name.leaf())), answer.revision()));
        if (since < 0) {
            read.fresh(maxStaleMs, reply);
        } else {
            read.changed(since, waitMs, reply);
        }
    }

    /** JSON is for whoever does not say otherwise. */
    private static boolean wantsStream(Exchange exchange) {
        String accept = exchange.accept();
        return exchange.method().equals(HttpMethod.GET)
                && exchange.hasOwnConnection()
                && Accept.quality(accept, SentEvent.STREAM_TYPE) > Accept.quality(accept, JSON);
    }

    private static long lastEventId(Exchange exchange, long since) {
        String id = exchange.events().lastEventId();
        return id == null || id.isEmpty() ? since : Numbers.parse(id, "header:Last-Event-ID", 0, Long.MAX_VALUE);
    }

    private static Name serviceOf(Name instance) {
        Name service = instance.parent();
        if (service == null) {
            throw new IllegalStateException(instance + " is in no service");
        }
        return service;
    }
}
