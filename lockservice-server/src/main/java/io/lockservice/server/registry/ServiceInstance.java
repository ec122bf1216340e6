package io.lockservice.server.registry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lockservice.api.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where an instance of a service answers, as it says itself: the content of its file {@code /ls/<cell>/services/<service>/<id>}.
 *
 * @param address an IP address or a host name
 * @param port 1 to 65,535
 * @param tags in the order in which they were given
 * @param metadata anything, in the order in which it was given
 * @param weight its share of the load, 1 to 65,535
 */
public record ServiceInstance(String address, int port, List<String> tags, Map<String, String> metadata, int weight) {
    /** The largest port, and the largest weight. */
    public static final int MAX_UNSIGNED_SHORT = 65_535;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFactory FACTORY = new JsonFactory();

    /** Keeps copies. */
    public ServiceInstance {
        tags = List.copyOf(tags);
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /** As the content of a file: the same bytes for the same instance. */
    public Content toContent() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            writeFields(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Content(bytes.toByteArray());
    }

    /** Writes the fields into an object that was begun. */
    public void writeFields(JsonGenerator json) throws IOException {
        json.writeStringField("address", address);
        json.writeNumberField("port", port);
        json.writeArrayFieldStart("tags");
        for (String tag : tags) {
            json.writeString(tag);
        }
        json.writeEndArray();
        json.writeObjectFieldStart("metadata");
        for (Map.Entry<String, String> each : metadata.entrySet()) {
            json.writeStringField(each.getKey(), each.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("weight", weight);
    }

    /**
     * What a file says; null where it says nothing of the kind: anybody who may write there can write anything. What is missing
     * has its default.
     */
    public static @Nullable ServiceInstance of(Content content) {
        JsonNode json;
        try {
            json = JSON.readTree(content.bytes());
        } catch (IOException e) {
            return null;
        }
        JsonNode address = json.path("address");
        int port = json.path("port").asInt(0);
        int weight = json.path("weight").asInt(1);
        if (!address.isTextual() || address.asText().isEmpty() || !isUnsignedShort(port) || !isUnsignedShort(weight)) {
            return null;
        }
        List<String> tags = new ArrayList<>();
        json.path("tags").forEach(tag -> tags.add(tag.asText()));
        Map<String, String> metadata = new LinkedHashMap<>();
        json.path("metadata")
                .fields()
                .forEachRemaining(
                        each -> metadata.put(each.getKey(), each.getValue().asText()));
        return new ServiceInstance(address.asText(), port, tags, metadata, weight);
    }

    private static boolean isUnsignedShort(int value) {
        return value >= 1 && value <= MAX_UNSIGNED_SHORT;
    }
}
