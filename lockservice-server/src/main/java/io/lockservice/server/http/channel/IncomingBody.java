package io.lockservice.server.http.channel;

import io.lockservice.api.Problem;
import io.lockservice.server.http.connection.BodyRoom;
import io.lockservice.server.http.exchange.Exchange;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A body that comes in pieces. Not thread-safe. */
final class IncomingBody {
    private static final byte[] NONE = {};

    private final BodyRoom room;
    private final long deadlineNanos;
    private byte[] bytes = NONE;
    private int length;
    private int limitBytes = Integer.MAX_VALUE;
    private @Nullable Consumer<byte[]> whole;
    private @Nullable Consumer<Problem> refused;
    private @Nullable Problem untold;
    private boolean discarding;
    private boolean ended;

    /** A body of which nothing has come. */
    IncomingBody(BodyRoom room, long deadlineNanos) {
        this.room = room;
        this.deadlineNanos = deadlineNanos;
    }

    boolean isLate(long nowNanos) {
        return nowNanos - deadlineNanos >= 0;
    }

    /** Somebody wants it. */
    void read(int limit, Consumer<byte[]> toWhole, Consumer<Problem> toRefused) {
        limitBytes = limit;
        whole = toWhole;
        refused = toRefused;
        if (untold != null) {
            toRefused.accept(untold);
        } else if (length > limit) {
            refuse(Exchange.tooLarge(limit));
        } else if (ended) {
            hand(toWhole);
        }
    }

    /** Another piece of it. */
    void add(byte[] piece) {
        if (discarding) {
            return;
        }
        if (length + piece.length > limitBytes) {
            refuse(Exchange.tooLarge(limitBytes));
        } else if (!room.take(piece.length)) {
            refuse(BodyRoom.noRoom());
        } else {
            if (length + piece.length > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + piece.length));
            }
            System.arraycopy(piece, 0, bytes, length, piece.length);
            length += piece.length;
        }
    }

    /** That was the last piece. */
    void end() {
        ended = true;
        if (whole != null) {
            hand(whole);
        }
    }

    private void hand(Consumer<byte[]> reader) {
        if (!discarding) {
            byte[] read = bytes.length == length ? bytes : Arrays.copyOf(bytes, length);
            discard();
            reader.accept(read);
        }
    }

    /** Says what is wrong with it, and throws away what is still coming. */
    void refuse(Problem problem) {
        if (discarding) {
            return;
        }
        discard();
        if (refused == null) {
            untold = problem;
        } else {
            refused.accept(problem);
        }
    }

    /** Throws away what has come and what is still coming. */
    void discard() {
        room.give(length);
        discarding = true;
        bytes = NONE;
        length = 0;
    }
}
