package io.lockservice.server.http.exchange;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where the next page of a list begins, as an opaque string: the last key of the page before, in base64url. */
public final class Cursor {
    private static final String FIELD = "after";

    private Cursor() {}

    /** What a client gives back as {@code after}. */
    public static String encode(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }

    /** The key in {@code cursor}; throws a bad request where this is nothing {@link #encode} made. */
    public static String decode(String cursor) {
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(cursor);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw notACursor();
        }
    }

    /** Writes {@code next}, unless the list ends here. */
    public static void next(JsonGenerator json, @Nullable String key) throws IOException {
        if (key != null) {
            json.writeStringField("next", encode(key));
        }
    }

    /** The refusal of an {@code after} that no reply ever gave. */
    public static ProblemException notACursor() {
        return new ProblemException(
                Problem.badField(FIELD, "after must be the 'next' of an earlier reply, or be left out"));
    }
}
