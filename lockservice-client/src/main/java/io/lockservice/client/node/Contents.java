package io.lockservice.client.node;

import io.lockservice.api.Content;
import io.lockservice.api.Stat;
import java.nio.charset.StandardCharsets;

/**
 * A file's content with its stat, taken at once.
 *
 * @param stat the file
 * @param content its bytes, which nobody changes: several readers may have the same
 */
public record Contents(Stat stat, Content content) {
    /** The bytes, in an array of the caller's own. */
    public byte[] bytes() {
        return content.bytes().clone();
    }

    /** The bytes as UTF-8. */
    public String text() {
        return new String(content.bytes(), StandardCharsets.UTF_8);
    }
}
