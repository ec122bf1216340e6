package io.lockservice.server.http.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Content;
import io.lockservice.api.Stat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Stats and content in JSON. Each method writes the fields of an object that is open. */
public final class NodeJson {
    private static final int MAX_CONTENT_CHARS = 1 << 20;

    private NodeJson() {}

    /** A stat. */
    public static void stat(JsonGenerator json, Stat stat) throws IOException {
        json.writeStringField("name", stat.name());
        json.writeStringField("kind", stat.kind().label());
        json.writeBooleanField("ephemeral", stat.ephemeral());
        json.writeStringField("owner", stat.owner());
        json.writeNumberField("instance", stat.instance());
        json.writeNumberField("contentGeneration", stat.contentGeneration());
        json.writeNumberField("lockGeneration", stat.lockGeneration());
        json.writeNumberField("aclGeneration", stat.aclGeneration());
        json.writeNumberField("childGeneration", stat.childGeneration());
        json.writeStringField("checksum", HexFormat.of().toHexDigits(stat.checksum()));
        json.writeNumberField("length", stat.length());
        json.writeNumberField("childCount", stat.childCount());
        json.writeNumberField("createdRevision", stat.createdRevision());
        json.writeNumberField("modifiedRevision", stat.modifiedRevision());
    }

    /** A field {@code stat}. */
    public static void statField(JsonGenerator json, Stat stat) throws IOException {
        json.writeObjectFieldStart("stat");
        stat(json, stat);
        json.writeEndObject();
    }

    /** What {@code content} or {@code contentBase64} says; null where neither is given. */
    public static @Nullable Content content(JsonFields fields) {
        String text = fields.text("content", MAX_CONTENT_CHARS);
        byte[] bytes = fields.base64("contentBase64", MAX_CONTENT_CHARS);
        if (text != null && bytes != null) {
            throw fields.refusal("content", "give either content or contentBase64");
        }
        if (text != null) {
            return new Content(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes == null ? null : new Content(bytes);
    }

    /** {@code content} where the bytes are UTF-8, else {@code contentBase64}. */
    public static void content(JsonGenerator json, Content content) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content.bytes()))
                    .toString();
            json.writeStringField("content", text);
        } catch (CharacterCodingException e) {
            json.writeBinaryField("contentBase64", content.bytes());
        }
    }
}
