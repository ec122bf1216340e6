package io.lockservice.server.http.events;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Event;
import io.lockservice.server.http.json.NodeJson;
import java.io.IOException;
import java.util.Locale;

/** Events in JSON. */
final class EventJson {
    private EventJson() {}

    /** The name of an event's type. */
    static String type(Event event) {
        return event.type().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The fields of an event, of an object that is open. */
    static void fields(JsonGenerator json, Event event) throws IOException {
        json.writeNumberField("revision", event.revision());
        json.writeNumberField("index", event.index());
        json.writeStringField("type", type(event));
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
}
