package io.lockservice.server.http.exchange;

import io.lockservice.api.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What brings one request and takes its one reply back: an HTTP connection, or a channel on which there are many.
 *
 * <p>Threading: one event loop.
 */
public interface Carrier {
    /** The method. */
    HttpMethod method();

    /** Path and query as they were sent. */
    String target();

    /** The headers of the request. */
    MultiMap headers();

    /** How long the body is, in bytes: 0 where there is none, -1 where that is not known yet. */
    long bodyBytes();

    /**
     * Reads the body. Exactly one of the two is called, now or later, unless the client goes.
     *
     * @param limitBytes of this body
     * @param whole gets the body
     * @param refused gets what is wrong; the rest of the body is thrown away
     */
    void readBody(int limitBytes, Consumer<byte[]> whole, Consumer<Problem> refused);

    /** Throws away a body that nobody has asked for, so that the client can go on. */
    void discardBody();

    /** Adds a header to the reply. */
    void header(CharSequence name, String value);

    /** Sends the reply; nothing happens where {@link #isOver}. */
    void reply(int status, @Nullable Body body);

    /** Whether the reply is on its way, or nobody waits for it any more. */
    boolean isOver();

    /** Runs {@code gone} when nobody waits for the reply any more; only the last that was given is run. */
    void whenGone(Runnable gone);

    /** The connection that this request has for itself; null where others share it. */
    @Nullable
    OwnConnection own();

    /**
     * What a reply carries.
     *
     * @param type its media type
     * @param bytes not to be changed any more
     */
    record Body(String type, Buffer bytes) {}
}
