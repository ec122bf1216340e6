package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON with Jackson's generator: no reflection on the hot path, and the order of fields is as written. */
public final class JsonText {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final int TYPICAL_BYTES = 512;

    private JsonText() {}

    /** Something that writes one JSON value, or the fields of an object. */
    @FunctionalInterface
    public interface Writing {
        /** Writes it. */
        void to(JsonGenerator json) throws IOException;
    }

    /** An object with the fields that {@code fields} writes. */
    public static Buffer object(Writing fields) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(TYPICAL_BYTES);
        try (JsonGenerator json = FACTORY.createGenerator(bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            fields.to(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes.toByteArray()));
    }

    /** A field that is {@code null} where the value is negative: an unknown duration or slot. */
    public static void known(JsonGenerator json, String field, long value) throws IOException {
        if (value < 0) {
            json.writeNullField(field);
        } else {
            json.writeNumberField(field, value);
        }
    }

    /** A field with an array that has one object for each of {@code items}. */
    public static <T> void objects(JsonGenerator json, String field, Iterable<T> items, Each<T> each)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (T item : items) {
            json.writeStartObject();
            each.fields(json, item);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** A field with an array of strings. */
    public static void texts(JsonGenerator json, String field, Iterable<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /** Writes the fields of one item. */
    @FunctionalInterface
    public interface Each<T> {
        /** Writes them. */
        void fields(JsonGenerator json, T item) throws IOException;
    }
}
