package io.lockservice.client.node;

import io.lockservice.api.Content;
import io.lockservice.api.HandleMode;
import io.lockservice.api.NodeKind;
import io.lockservice.client.SessionListener.Event;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a node is opened (Burrows, section 2.6).
 *
 * @param modes what it is opened for; whether one may is looked at now and not again
 * @param events of the node and its direct children that {@code listener} is told
 * @param listener called on the client's loop, where it must not block; it also learns of {@code events-dropped}
 * @param create how the node is made where there is none; null where it has to be there
 * @param lockDelayMs 0 to 60,000: of locks that are acquired through the handle without one of their own
 */
public record OpenOptions(
        Set<HandleMode> modes,
        Set<EventType> events,
        Consumer<Event> listener,
        @Nullable Creation create,
        long lockDelayMs) {

    /**
     * A node to be made.
     *
     * @param must whether it is refused, {@code node-exists}, where there is one
     * @param kind file or directory
     * @param ephemeral whether it goes when nobody has it open any more
     * @param content of a file
     */
    public record Creation(boolean must, NodeKind kind, boolean ephemeral, Content content) {
        /** A file that stays, with this content where it is new. */
        public static Creation file(byte[] content) {
            return new Creation(false, NodeKind.FILE, false, new Content(content.clone()));
        }

        /** A file that goes with the last who has it open. */
        public static Creation ephemeralFile(byte[] content) {
            return new Creation(false, NodeKind.FILE, true, new Content(content.clone()));
        }

        /** A directory that stays. */
        public static Creation directory() {
            return new Creation(false, NodeKind.DIRECTORY, false, Content.EMPTY);
        }

        /** Refused where there is such a node already. */
        public Creation mustBeNew() {
            return new Creation(true, kind, ephemeral, content);
        }
    }

    /** Checks the values, keeps copies. */
    public OpenOptions {
        modes = Set.copyOf(modes);
        events = Set.copyOf(events);
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("a node is opened for something: name a mode");
        }
        if (lockDelayMs < 0 || lockDelayMs > 60_000) {
            throw new IllegalArgumentException("lockDelayMs is 0 to 60,000, not " + lockDelayMs);
        }
    }

    /** Opens a node that is there, for this. */
    public static OpenOptions forModes(HandleMode first, HandleMode... more) {
        return new OpenOptions(EnumSet.of(first, more), Set.of(), event -> {}, null, 0);
    }

    /** Opens a node that is there for reading. */
    public static OpenOptions reading() {
        return forModes(HandleMode.READ);
    }

    /** Makes the node where there is none. */
    public OpenOptions creating(Creation value) {
        return new OpenOptions(modes, events, listener, value, lockDelayMs);
    }

    /** Has {@code value} told of these events. */
    public OpenOptions withEvents(Set<EventType> types, Consumer<Event> value) {
        return new OpenOptions(modes, types, value, create, lockDelayMs);
    }

    /** With a lock-delay. */
    public OpenOptions withLockDelayMs(long value) {
        return new OpenOptions(modes, events, listener, create, value);
    }

    JsonObject body(String name) {
        JsonArray modeLabels = new JsonArray();
        modes.stream().sorted().forEach(mode -> modeLabels.add(mode.label()));
        JsonArray eventLabels = new JsonArray();
        events.stream().sorted().forEach(type -> eventLabels.add(type.label()));
        JsonObject body = new JsonObject().put("name", name).put("modes", modeLabels);
        if (!events.isEmpty()) {
            body.put("events", eventLabels);
        }
        if (lockDelayMs > 0) {
            body.put("lockDelayMs", lockDelayMs);
        }
        if (create != null) {
            JsonObject made = new JsonObject()
                    .put("must", create.must())
                    .put("kind", create.kind().label())
                    .put("ephemeral", create.ephemeral());
            if (create.content().length() > 0) {
                made.put(
                        "contentBase64",
                        Base64.getEncoder().encodeToString(create.content().bytes()));
            }
            body.put("create", made);
        }
        return body;
    }
}
