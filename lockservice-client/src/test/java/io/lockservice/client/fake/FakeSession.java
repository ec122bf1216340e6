package io.lockservice.client.fake;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session of the fake cell, with what it is to be told. */
final class FakeSession {
    final String id;
    final long leaseMs;
    final List<JsonObject> events = new ArrayList<>();
    long renewedNanos;
    long acked;

    @Nullable
    Runnable parked;

    boolean caches;
    String client = "";
    boolean over;

    FakeSession(String id, long leaseMs) {
        this.id = id;
        this.leaseMs = leaseMs;
    }

    void event(String type, String name) {
        events.add(
                new JsonObject().put("seq", events.size() + 1).put("type", type).put("name", name));
        release(parked);
    }

    void release(@Nullable Runnable reply) {
        if (reply != null && parked == reply) {
            parked = null;
            reply.run();
        }
    }

    JsonArray eventsAfter(long ack) {
        JsonArray after = new JsonArray();
        events.stream().skip(ack).forEach(after::add);
        return after;
    }
}
