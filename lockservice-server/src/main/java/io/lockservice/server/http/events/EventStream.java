package io.lockservice.server.http.events;

import io.lockservice.api.Answer;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.server.http.exchange.EventSource;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Outflow;
import io.lockservice.server.http.json.EventJson;
import io.lockservice.server.http.json.JsonText;
import io.lockservice.server.http.json.SentEvent;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events (WHATWG HTML, section 9.2). Reads on when the client has taken what was sent: what a slow client has
 * not taken is not kept for it anywhere but among the events of the cell, and once those are dropped it is cut off. Not
 * thread-safe.
 */
final class EventStream {
    private final Exchange exchange;
    private final EventSource source;
    private Request.ReadEvents what;
    private @Nullable Outflow out;
    private @Nullable Runnable endWatch;
    private @Nullable Runnable endTimer;
    private boolean happened;
    private boolean reading;
    private boolean gone;

    EventStream(Exchange exchange, Request.ReadEvents what) {
        this.exchange = exchange;
        this.source = exchange.events();
        this.what = what;
    }

    void start() {
        source.whenGone(this::end);
        // Before the first look, so that nothing is missed between the two.
        endWatch = source.watch(what, this::happened);
        read();
    }

    private void happened() {
        happened = true;
        read();
    }

    private void read() {
        boolean isFull = out != null && out.isFull();
        if (!reading && !isFull && !gone) {
            reading = true;
            happened = false;
            source.read(what, Reply.EventPage.class, this::seen, this::refused);
        }
    }

    private void seen(Answer answer, Reply.EventPage page) {
        reading = false;
        if (gone) {
            return;
        }
        Outflow to = out == null ? open(answer, page) : out;
        what = new Request.ReadEvents(what.name(), what.recursive(), page.end(), what.limit());
        if (!page.events().isEmpty()) {
            Buffer text = Buffer.buffer();
            page.events().forEach(event -> append(text, event));
            to.write(text);
        }
        if (!page.complete() || happened) {
            read();
        }
    }

    private Outflow open(Answer answer, Reply.EventPage page) {
        Outflow opened = source.stream(answer, SentEvent.STREAM_TYPE);
        out = opened;
        opened.onDrain(this::read);
        endTimer = source.every(SentEvent.AWAKE_EVERY_MS, () -> {
            if (!opened.isFull()) {
                opened.write(SentEvent.awake());
            }
        });
        long revision =
                what.after() == null ? page.end().revision() : what.after().revision();
        Buffer ready = JsonText.object(json -> json.writeNumberField("revision", revision));
        Buffer text = Buffer.buffer("event: ready\n");
        if (what.after() == null) {
            // So that a client which loses the stream before the first event goes on from here.
            text.appendString("id: " + revision + "\n");
        }
        opened.write(text.appendString("data: ").appendBuffer(ready).appendString("\n\n"));
        return opened;
    }

    private static void append(Buffer text, Event event) {
        SentEvent.append(
                text,
                event.revision() + "-" + event.index(),
                event.type().label(),
                json -> EventJson.fields(json, event));
    }

    /** Where the stream has begun, what this client has not seen yet is no longer kept: it is cut off. */
    private void refused(Answer answer, Problem problem) {
        Outflow to = out;
        end();
        if (to == null) {
            exchange.fail(answer, problem);
        } else {
            to.end(SentEvent.problem(problem));
        }
    }

    private void end() {
        gone = true;
        if (endWatch != null) {
            endWatch.run();
        }
        if (endTimer != null) {
            endTimer.run();
        }
    }
}
