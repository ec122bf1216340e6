package io.lockservice.server.http.connection;

import io.lockservice.api.Problem;
import io.lockservice.server.http.exchange.Exchange;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads request bodies within bounds: of one body, of all that are under way, and of the time a body may take. What is
 * left of a refused body is thrown away for a while so that the client can read the refusal; then its connection is
 * closed.
 *
 * <p>Threading: one event loop.
 */
public final class BodyReader {
    private static final long MAX_DISCARDED_BYTES = 8L << 20;

    private final BodyRoom room;
    private final long timeoutMs;
    private final LongSupplier nanoClock;
    /** In the order of their starts, which is that of their deadlines. */
    private final Set<Reading> underWay = new LinkedHashSet<>();

    /**
     * A reader.
     *
     * @param room for the bodies that are under way
     * @param timeoutMs how long a body may take, in milliseconds
     * @param nanoClock monotonic nanoseconds
     */
    public BodyReader(BodyRoom room, long timeoutMs, LongSupplier nanoClock) {
        this.room = room;
        this.timeoutMs = timeoutMs;
        this.nanoClock = nanoClock;
    }

    /** Cuts the bodies whose time is over; to be called about every second. */
    public void sweep() {
        long now = nanoClock.getAsLong();
        List<Reading> late = underWay.stream()
                .takeWhile(reading -> now - reading.deadlineNanos >= 0)
                .toList();
        late.forEach(Reading::timedOut);
    }

    /**
     * Reads the body of {@code request}. Exactly one of the two is called, unless the connection breaks.
     *
     * @param limitBytes of this body
     * @param whole gets the body
     * @param refused gets what is wrong; the rest of the body is thrown away
     */
    void read(HttpServerRequest request, int limitBytes, Consumer<Buffer> whole, Consumer<Problem> refused) {
        start(new Reading(request, limitBytes, whole, refused));
    }

    /** Throws the body of {@code request} away, so that its connection can be used on. */
    void discard(HttpServerRequest request) {
        Reading reading = new Reading(request, 0, body -> {}, problem -> {});
        reading.discarding = true;
        start(reading);
    }

    private void start(Reading reading) {
        underWay.add(reading);
        reading.request.handler(reading::received);
        reading.request.endHandler(end -> reading.ended());
        reading.request.exceptionHandler(broken -> reading.broken());
    }

    private final class Reading {
        private final HttpServerRequest request;
        private final int limitBytes;
        private final Consumer<Buffer> whole;
        private final Consumer<Problem> refused;
        private final long deadlineNanos = nanoClock.getAsLong() + timeoutMs * 1_000_000;
        private @Nullable Buffer body;
        private long discardedBytes;
        private boolean copied;
        private boolean discarding;

        Reading(HttpServerRequest request, int limitBytes, Consumer<Buffer> whole, Consumer<Problem> refused) {
            this.request = request;
            this.limitBytes = limitBytes;
            this.whole = whole;
            this.refused = refused;
        }

        void received(Buffer part) {
            if (discarding) {
                discardedBytes += part.length();
                if (discardedBytes > MAX_DISCARDED_BYTES) {
                    closeConnection();
                }
                return;
            }
            if (length() + part.length() > limitBytes) {
                refuse(Exchange.tooLarge(limitBytes));
                return;
            }
            if (!room.take(part.length())) {
                refuse(BodyRoom.noRoom());
                return;
            }
            append(part);
        }

        /** Nearly always the first part is the whole body: it is kept as it is, and copied only when more comes. */
        private void append(Buffer part) {
            if (body == null) {
                body = part;
                return;
            }
            if (!copied) {
                body = Buffer.buffer(2 * (body.length() + part.length())).appendBuffer(body);
                copied = true;
            }
            body.appendBuffer(part);
        }

        void ended() {
            Buffer read = body == null ? Buffer.buffer(0) : body;
            release();
            underWay.remove(this);
            if (!discarding) {
                whole.accept(read);
            }
        }

        void broken() {
            release();
            underWay.remove(this);
        }

        void timedOut() {
            if (!discarding) {
                refuse(Exchange.late(timeoutMs));
            }
            closeConnection();
        }

        private void refuse(Problem problem) {
            release();
            discarding = true;
            refused.accept(problem);
        }

        private void closeConnection() {
            underWay.remove(this);
            request.connection().close();
        }

        private int length() {
            return body == null ? 0 : body.length();
        }

        private void release() {
            room.give(length());
            body = null;
        }
    }
}
