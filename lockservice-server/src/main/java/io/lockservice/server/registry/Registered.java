package io.lockservice.server.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An instance that is registered. Immutable. */
public final class Registered {
    private static final JsonFactory FACTORY = new JsonFactory();

    private final String id;
    private final @Nullable String session;
    private final ServiceInstance instance;

    /** Of whoever asks for services each wants the same text of it: it is written once. Two threads may both write it. */
    private @Nullable SerializableString json;

    /**
     * An instance.
     *
     * @param id unique within its service
     * @param session whose end ends it; null for a file that no living session owns
     * @param instance where it answers
     */
    public Registered(String id, @Nullable String session, ServiceInstance instance) {
        this.id = id;
        this.session = session;
        this.instance = instance;
    }

    /** What a reading of the node {@code name} found; null where that is no registration. */
    static @Nullable Registered of(Name name, Reply reply) {
        if (!(reply instanceof Reply.Node node) || node.content() == null) {
            return null;
        }
        ServiceInstance instance = ServiceInstance.of(node.content());
        return instance == null ? null : new Registered(name.leaf(), node.stat().owner(), instance);
    }

    /** Unique within its service. */
    public String id() {
        return id;
    }

    /** Whose end ends it; null for a file that no living session owns. */
    public @Nullable String session() {
        return session;
    }

    /** Where it answers. */
    public ServiceInstance instance() {
        return instance;
    }

    /** As a JSON object: {@code id}, what the instance says, {@code session}. */
    public SerializableString json() {
        SerializableString text = json;
        if (text == null) {
            text = new SerializedString(written());
            json = text;
        }
        return text;
    }

    private String written() {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(text)) {
            generator.writeStartObject();
            writeFields(generator);
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes the fields of {@link #json} into an object that was begun. */
    public void writeFields(JsonGenerator generator) throws IOException {
        generator.writeStringField("id", id);
        instance.writeFields(generator);
        generator.writeStringField("session", session);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Registered that
                && id.equals(that.id)
                && Objects.equals(session, that.session)
                && instance.equals(that.instance);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, session, instance);
    }

    @Override
    public String toString() {
        return id + " of " + session + ": " + instance;
    }
}
