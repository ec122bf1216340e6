package io.lockservice.server.http.services;

import io.lockservice.api.Answer;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.server.http.exchange.EventSource;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Outflow;
import io.lockservice.server.http.json.SentEvent;
import io.lockservice.server.registry.Registered;
import io.lockservice.server.registry.ServiceView;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A service as server-sent events: all its instances at first, and again after each change. Nothing
 * is kept for a client that is slow: what it is sent next is what there is then. Not thread-safe.
 */
final class ServiceStream {
    /** Of a service that changes all the time not each change is sent by itself. */
    private static final long MIN_GAP_MS = 100;

    private final EventSource source;
    private final ServiceView view;
    private final Name name;
    private final Exchange exchange;
    private final ServiceRead read;
    private final ServiceFilter filter;
    private long since;
    private @Nullable Outflow out;
    private @Nullable List<Registered> sent;
    private @Nullable Runnable endPause;
    private boolean asking;
    private boolean gone;

    /** {@code since} is the revision that the client has seen, negative where it has seen none. */
    ServiceStream(Exchange exchange, ServiceView view, Name name, ServiceFilter filter, long since) {
        this.exchange = exchange;
        this.source = exchange.events();
        this.view = view;
        this.name = name;
        this.filter = filter;
        this.since = since;
        this.read = new ServiceRead(exchange, view, name, this::failed);
        source.whenGone(this::end);
    }

    /** Sends what there is, or where {@code since} is given only what is new. */
    void start(long maxStaleMs) {
        asking = true;
        read.fresh(maxStaleMs, this::seen);
    }

    private void next() {
        endPause = null;
        boolean isFull = out != null && out.isFull();
        if (!asking && !isFull && !gone) {
            asking = true;
            read.changed(since, SentEvent.AWAKE_EVERY_MS, this::seen);
        }
    }

    private void seen(Answer answer) {
        asking = false;
        if (gone) {
            return;
        }
        Outflow to = out == null ? open(answer) : out;
        // Beyond what the cell has come to is only what was seen of another cell, before this one was made.
        boolean isNews = since < 0 || since > answer.revision() || view.hasChangedSince(name.leaf(), since);
        List<Registered> now = filter.of(view.instances(name.leaf()));
        since = answer.revision();
        if (isNews && !now.equals(sent)) {
            sent = now;
            to.write(event(answer, now));
        } else {
            // Also where something changed that this client does not want to know: it must see that it is connected.
            to.write(SentEvent.awake());
        }
        endPause = source.after(MIN_GAP_MS, this::next);
    }

    private Outflow open(Answer answer) {
        Outflow opened = source.stream(answer, SentEvent.STREAM_TYPE);
        out = opened;
        opened.onDrain(() -> {
            if (endPause == null) {
                next();
            }
        });
        return opened;
    }

    private Buffer event(Answer answer, List<Registered> instances) {
        Buffer text = Buffer.buffer();
        SentEvent.append(
                text,
                Long.toString(answer.revision()),
                "instances",
                json -> ServiceJson.service(json, name, instances, answer.revision()));
        return text;
    }

    /** Where the stream has begun, the client is told in it, and comes again. */
    private void failed(@Nullable Answer answer, Problem problem) {
        end();
        Outflow to = out;
        if (to != null) {
            to.end(SentEvent.problem(problem));
        } else {
            exchange.fail(answer, problem);
        }
    }

    private void end() {
        gone = true;
        read.end();
        if (endPause != null) {
            endPause.run();
        }
    }
}
