package io.lockservice.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Stat;
import io.lockservice.client.json.NodeJson;
import org.jspecify.annotations.Nullable;

/**
 * Told what happens to a session, in order, on the client's loop: must not block. A listener that throws is logged and
 * does not keep the others from being told.
 */
public interface SessionListener {
    /**
     * What a session is told with a keep-alive: what its handles asked for, {@code lock-acquired}, {@code lock-lost},
     * {@code invalidate}, {@code leader-changed}, {@code events-dropped}. It is acknowledged once all listeners have been
     * told. Texts are empty, numbers 0, where the type has no such thing.
     *
     * @param seq grows with each event of the session, and may leave gaps
     * @param type as in API.md, section 5
     * @param name the node
     * @param revision the cell's revision that it came with
     * @param stat the node after it
     * @param session who acquired, released or asked for a lock
     * @param token of the hold that began or was lost
     * @param reason why a lock was lost
     * @param epoch the new leader's
     * @param count how many events were dropped because nobody took them in
     */
    record Event(
            long seq,
            String type,
            String name,
            long revision,
            @Nullable Stat stat,
            String session,
            long token,
            String reason,
            long epoch,
            long count) {
        /** An event with a name and nothing more. */
        public Event(long seq, String type, String name) {
            this(seq, type, name, 0, null, "", 0, "", 0, 0);
        }

        static Event read(JsonNode json) {
            return new Event(
                    json.path("seq").asLong(0),
                    json.path("type").asText(""),
                    json.path("name").asText(""),
                    json.path("revision").asLong(0),
                    NodeJson.stat(json.path("stat")),
                    json.path("session").asText(""),
                    json.path("token").asLong(0),
                    json.path("reason").asText(""),
                    json.path("epoch").asLong(0),
                    json.path("count").asLong(0));
        }
    }

    /** The lease was extended; {@link Session#remainingMs()} shows it. */
    default void renewed(Session session) {}

    /** The lease ran out without an answer: stop what the session's locks guard until {@link #safe} comes. */
    default void jeopardy(Session session) {}

    /** After {@link #jeopardy}: the session lived on, and its locks are held as before. */
    default void safe(Session session) {}

    /** It is over, the last call for this session. {@link SessionExpiredException#closedHere()} tells who ended it. */
    default void expired(Session session, SessionExpiredException reason) {}

    /** An event came with a keep-alive. */
    default void event(Session session, Event event) {}
}
