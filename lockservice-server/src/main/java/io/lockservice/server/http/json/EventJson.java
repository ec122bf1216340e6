package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import java.io.IOException;

/** Events in JSON. Each method writes the fields of an object that is open. */
public final class EventJson {
    private EventJson() {}

    /** An event. */
    public static void fields(JsonGenerator json, Event event) throws IOException {
        json.writeNumberField("revision", event.revision());
        json.writeNumberField("index", event.index());
        json.writeStringField("type", event.type().label());
        if (event.name() != null) {
            json.writeStringField("name", event.name());
        }
        if (event.stat() != null) {
            NodeJson.statField(json, event.stat());
        }
        if (event.session() != null) {
            json.writeStringField("session", event.session());
        }
        if (event.token() != 0) {
            json.writeNumberField("token", event.token());
        }
    }

    /** What a session is told. */
    public static void ofSession(JsonGenerator json, SessionEvent event) throws IOException {
        json.writeNumberField("seq", event.seq());
        SessionEvent.Notice notice = event.notice();
        if (notice instanceof SessionEvent.Happened happened) {
            fields(json, happened.event());
        } else if (notice instanceof SessionEvent.LockLost lost) {
            json.writeStringField("type", "lock-lost");
            json.writeStringField("name", lost.name());
            json.writeStringField("reason", lost.reason().label());
            if (lost.token() != 0) {
                json.writeNumberField("token", lost.token());
            }
        } else if (notice instanceof SessionEvent.LeaderChanged changed) {
            json.writeStringField("type", "leader-changed");
            json.writeNumberField("epoch", changed.epoch());
        } else if (notice instanceof SessionEvent.Invalidate invalidate) {
            json.writeStringField("type", "invalidate");
            json.writeStringField("name", invalidate.name());
        } else if (notice instanceof SessionEvent.Dropped dropped) {
            json.writeStringField("type", "events-dropped");
            json.writeNumberField("count", dropped.count());
        }
    }
}
