package io.lockservice.server.http.events;

import io.lockservice.api.Answer;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.EventSource;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.json.EventJson;
import io.lockservice.server.http.json.JsonText;
import org.jspecify.annotations.Nullable;

/** A long poll: answered once there are events, or when its time is over. Not thread-safe. */
final class EventPoll {
    private final Exchange exchange;
    private final EventSource source;
    private final long waitMs;
    private Request.ReadEvents what;
    private @Nullable Runnable endWatch;
    private @Nullable Runnable endTimer;
    private boolean happened;
    private boolean reading;
    private boolean timeIsOver;

    EventPoll(Exchange exchange, Request.ReadEvents what, long waitMs) {
        this.exchange = exchange;
        this.source = exchange.events();
        this.what = what;
        this.waitMs = waitMs;
    }

    void start() {
        timeIsOver = waitMs == 0;
        if (!timeIsOver) {
            // Before the first look, so that nothing is missed between the two.
            endWatch = source.watch(what, this::happened);
            endTimer = source.after(waitMs, this::timeIsOver);
            source.whenGone(this::end);
        }
        read();
    }

    private void happened() {
        happened = true;
        read();
    }

    private void timeIsOver() {
        timeIsOver = true;
        read();
    }

    private void read() {
        if (!reading) {
            reading = true;
            happened = false;
            source.read(what, Reply.EventPage.class, this::seen, (answer, problem) -> {
                end();
                exchange.fail(answer, problem);
            });
        }
    }

    private void seen(Answer answer, Reply.EventPage page) {
        reading = false;
        what = new Request.ReadEvents(what.name(), what.recursive(), page.end(), what.limit());
        if (!page.events().isEmpty() || (timeIsOver && page.complete())) {
            end();
            exchange.sendJson(200, answer, json -> {
                JsonText.objects(json, "events", page.events(), EventJson::fields);
                json.writeNumberField("revision", page.end().revision());
            });
        } else if (!page.complete() || happened) {
            read();
        }
    }

    private void end() {
        if (endWatch != null) {
            endWatch.run();
        }
        if (endTimer != null) {
            endTimer.run();
        }
    }
}
