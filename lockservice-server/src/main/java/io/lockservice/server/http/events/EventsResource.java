package io.lockservice.server.http.events;

import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Request;
import io.lockservice.api.event.EventPosition;
import io.lockservice.server.http.exchange.Accept;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.Numbers;
import io.lockservice.server.http.exchange.Query;
import io.lockservice.server.http.exchange.Resource;
import io.lockservice.server.http.json.SentEvent;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/events}: from the state of the replica that is asked. */
public final class EventsResource implements Resource {
    private static final long MAX_WAIT_MS = 60_000;

    /** About so many at once: a stream reads on when they are out. */
    private static final int LIMIT = 500;

    private static final String JSON = "application/json";

    private final Methods methods = new Methods().getOnly(this::get);

    @Override
    public void handle(Exchange exchange) {
        if (!exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "events are at /v1/events?name=...");
        }
        methods.dispatch(exchange);
    }

    private void get(Exchange exchange) {
        Query query = exchange.query();
        String text = query.text("name");
        boolean recursive = query.flag("recursive");
        long since = query.number("since", -1, 0, Long.MAX_VALUE);
        long waitMs = query.number("waitMs", -1, 0, MAX_WAIT_MS);
        query.finish();
        if (text == null) {
            throw new ProblemException(
                    Problem.badField("name", "say whose events with ?name=/ls/local/..., of all with recursive=true"));
        }
        Name name = exchange.name(text);
        double asStream = exchange.hasOwnConnection() ? Accept.quality(exchange.accept(), SentEvent.STREAM_TYPE) : 0;
        double asJson = Accept.quality(exchange.accept(), JSON);
        if (asStream == 0 && asJson == 0) {
            throw notAcceptable(exchange);
        }
        boolean isStream = asStream > 0 && waitMs < 0 && asStream >= asJson;
        if (!isStream && asJson == 0) {
            throw new ProblemException(
                    Problem.badField("waitMs", "waitMs goes with Accept: " + JSON + "; a stream waits by itself"));
        }
        EventPosition from = since < 0 ? null : EventPosition.after(since);
        if (isStream) {
            EventPosition last = lastEventId(exchange.events().lastEventId());
            Request.ReadEvents what = new Request.ReadEvents(name, recursive, last == null ? from : last, LIMIT);
            exchange.withoutBody(() -> new EventStream(exchange, what).start());
        } else {
            Request.ReadEvents what = new Request.ReadEvents(name, recursive, from, LIMIT);
            exchange.withoutBody(() -> new EventPoll(exchange, what, Math.max(0, waitMs)).start());
        }
    }

    private static ProblemException notAcceptable(Exchange exchange) {
        return new ProblemException(
                ProblemCode.NOT_ACCEPTABLE,
                exchange.hasOwnConnection()
                        ? "events come as " + SentEvent.STREAM_TYPE + " or as " + JSON + ": accept one of them"
                        : "a channel carries no stream: poll with waitMs and accept " + JSON
                                + ", or ask for the stream by HTTP");
    }

    /** A place as the {@code id} of an event names it: {@code <revision>-<index>}, or {@code <revision>} behind all of it. */
    private static @Nullable EventPosition lastEventId(@Nullable String id) {
        if (id == null || id.isEmpty()) {
            return null;
        }
        String field = "header:Last-Event-ID";
        int dash = id.indexOf('-');
        return dash < 0
                ? EventPosition.after(Numbers.parse(id, field, 0, Long.MAX_VALUE))
                : new EventPosition(Numbers.parse(id.substring(0, dash), field, 0, Long.MAX_VALUE), (int)
                        Numbers.parse(id.substring(dash + 1), field, 0, Integer.MAX_VALUE));
    }
}
