package io.lockservice.client.transport.channel;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Tells whether bytes may stand in a message as they are. */
final class JsonText {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonText() {}

    /**
     * Whether it is one JSON object or array and nothing else, in UTF-8 that comes out the same. Anything else is the
     * cell's to refuse, and must not break the message, nor change on the way.
     */
    static boolean canBeSpliced(Buffer body) {
        try (JsonParser parser = JSON.createParser(strictly(body))) {
            JsonToken first = parser.nextToken();
            if (first != JsonToken.START_OBJECT && first != JsonToken.START_ARRAY) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** The usual decoding replaces what is no UTF-8, and a parser of bytes would take UTF-16 as well. */
    private static String strictly(Buffer body) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(body.getBytes()))
                .toString();
    }
}
