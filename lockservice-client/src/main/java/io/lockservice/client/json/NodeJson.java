package io.lockservice.client.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Content;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Stat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads nodes from the cell's JSON. */
public final class NodeJson {
    private static final int HEX = 16;

    private NodeJson() {}

    /** A stat; null where {@code json} is none. */
    public static @Nullable Stat stat(JsonNode json) {
        String name = json.path("name").asText("");
        if (name.isEmpty() || !json.path("instance").isNumber()) {
            return null;
        }
        return new Stat(
                name,
                json.path("kind").asText().equals(NodeKind.DIRECTORY.label()) ? NodeKind.DIRECTORY : NodeKind.FILE,
                json.path("ephemeral").asBoolean(false),
                json.path("owner").asText(null),
                json.path("instance").asLong(),
                json.path("contentGeneration").asLong(),
                json.path("lockGeneration").asLong(),
                json.path("aclGeneration").asLong(),
                json.path("childGeneration").asLong(),
                checksum(json.path("checksum").asText("")),
                json.path("length").asInt(),
                json.path("childCount").asInt(),
                json.path("createdRevision").asLong(),
                json.path("modifiedRevision").asLong());
    }

    /** A file's content, said as {@code content} or {@code contentBase64}; null where neither is there. */
    public static @Nullable Content content(JsonNode json) {
        if (json.path("content").isTextual()) {
            return new Content(json.path("content").asText().getBytes(StandardCharsets.UTF_8));
        }
        try {
            byte[] bytes = json.path("contentBase64").binaryValue();
            return bytes == null ? null : new Content(bytes);
        } catch (IOException notBase64) {
            return null;
        }
    }

    private static long checksum(String hex) {
        try {
            return hex.isEmpty() ? 0 : Long.parseUnsignedLong(hex, HEX);
        } catch (NumberFormatException notHex) {
            return 0;
        }
    }
}
