package io.lockservice.server.dns;

import io.lockservice.server.dns.DnsMetrics.Dropped;
import io.netty.channel.ChannelFuture;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.function.Consumer;

/**
 * A connection with queries one after the other, which are answered in their order. What comes is kept as bytes until it is its
 * turn, and while replies are not taken nothing is read, so that whoever takes none costs no more than two buffers.
 *
 * <p>Threading: the event loop of the replica.
 */
final class TcpConnection {
    private static final int LENGTH_BYTES = 2;

    private final NetSocket socket;
    private final Queries queries;
    private final Codec codec;
    private final Consumer<TcpConnection> asked;
    private Buffer unread = Buffer.buffer();
    private int next;
    private boolean broken;

    /**
     * Reads from {@code socket} and writes to it.
     *
     * @param asked told of each whole query
     */
    TcpConnection(NetSocket socket, Queries queries, Codec codec, Consumer<TcpConnection> asked) {
        this.socket = socket;
        this.queries = queries;
        this.codec = codec;
        this.asked = asked;
        socket.exceptionHandler(failure -> breakOff());
        socket.handler(this::received);
    }

    private void received(Buffer bytes) {
        unread =
                next < unread.length() ? unread.getBuffer(next, unread.length()).appendBuffer(bytes) : bytes;
        next = 0;
        proceed();
    }

    /** Answers all that is there, as long as the replies are taken. */
    private void proceed() {
        while (!broken && isWhole()) {
            if (socket.writeQueueFull()) {
                socket.pause();
                socket.drainHandler(taken -> proceed());
                return;
            }
            answer();
        }
        if (!broken) {
            socket.resume();
        }
    }

    private int left() {
        return unread.length() - next;
    }

    private boolean isWhole() {
        if (left() < LENGTH_BYTES) {
            return false;
        }
        int length = unread.getUnsignedShort(next);
        // One that is too long is not waited for.
        return length > Codec.MAX_QUERY_BYTES || left() >= LENGTH_BYTES + length;
    }

    private void answer() {
        int from = next + LENGTH_BYTES;
        int to = from + unread.getUnsignedShort(next);
        next = to;
        try {
            if (to > unread.length()) {
                throw new Codec.Malformed();
            }
            Buffer reply = queries.stream(codec.query(unread.getBuffer(from, to)), codec);
            if (reply == null) {
                breakOff();
                return;
            }
            asked.accept(this);
            socket.write(reply);
        } catch (Codec.Malformed malformed) {
            // Where the next one begins nobody knows.
            queries.metrics().dropped(Dropped.MALFORMED);
            broken = true;
            socket.close();
        }
    }

    /** Closes it, whether or not replies were taken: Vert.x alone would wait until they are. */
    void breakOff() {
        broken = true;
        ChannelFuture unused =
                ((NetSocketInternal) socket).channelHandlerContext().close();
    }
}
