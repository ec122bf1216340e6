package io.lockservice.server.http.channel;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;

/** Messages on their way to the client: what the window holds back, waits here. Not thread-safe. */
final class Outgoing {
    private final Link link;
    private final int windowBytes;
    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private long underWayBytes;

    Outgoing(Link link, int windowBytes) {
        this.link = link;
        this.windowBytes = windowBytes;
    }

    /** Sends a message, at once or when the window lets it, in the order in which they came. */
    void send(ByteBuf text) {
        int bytes = text.readableBytes();
        if (waiting.isEmpty() && underWayBytes + bytes <= windowBytes) {
            underWayBytes += bytes;
            link.send(text);
        } else {
            waitingBytes += bytes;
            waiting.add(text);
        }
    }

    /** The client has dealt with so many bytes; false where it was not sent as many. */
    boolean giveBack(long bytes) {
        if (bytes > underWayBytes) {
            return false;
        }
        underWayBytes -= bytes;
        for (ByteBuf next = waiting.peek();
                next != null && underWayBytes + next.readableBytes() <= windowBytes;
                next = waiting.peek()) {
            waiting.remove();
            waitingBytes -= next.readableBytes();
            underWayBytes += next.readableBytes();
            link.send(next);
        }
        return true;
    }

    /** Bytes that wait for the window. */
    long waitingBytes() {
        return waitingBytes;
    }

    /** Forgets what waits. */
    void drop() {
        waiting.clear();
        waitingBytes = 0;
    }
}
