package io.lockservice.server.http.connection;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;

/** The room for all bodies that are under way to one door, however they come. Threading: one event loop. */
public final class BodyRoom {
    /** All bodies under way together; more are refused as overload. */
    private static final long MAX_PENDING_BYTES = 64L << 20;

    private long pendingBytes;

    /** Takes room for so many bytes more; false where there is none. */
    public boolean take(int bytes) {
        if (pendingBytes + bytes > MAX_PENDING_BYTES) {
            return false;
        }
        pendingBytes += bytes;
        return true;
    }

    /** Gives room back. */
    public void give(int bytes) {
        pendingBytes -= bytes;
    }

    /** How much is taken, in bytes. */
    public long taken() {
        return pendingBytes;
    }

    /** The refusal of a body for which there is no room. */
    public static Problem noRoom() {
        return new Problem(
                ProblemCode.OVERLOADED, "too many large requests at once; nothing was done, try again later");
    }
}
