package io.lockservice.client.transport.channel;

import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message of the replica. */
sealed interface Incoming {
    /**
     * The first of every channel.
     *
     * @param windowBytes what either side may have under way
     * @param maxRequests how many requests may be under way besides keep-alives
     */
    record Hello(int windowBytes, int maxRequests) implements Incoming {}

    /**
     * A reply or a piece of one.
     *
     * @param id the request's
     * @param status in the first piece, else 0
     * @param headers in the first piece
     * @param body the whole body, or a piece of it; null where there is none
     * @param isJson whether the body was not sent as Base64
     * @param more whether there is another piece
     */
    record Reply(
            long id,
            int status,
            Map<String, String> headers,
            @Nullable Buffer body,
            boolean isJson,
            boolean more) implements Incoming {}

    /** The replica has read so many bytes more. */
    record Credit(long bytes) implements Incoming {}

    /** The replica is about to close the channel, for this reason. */
    record Problem(String detail) implements Incoming {}
}
