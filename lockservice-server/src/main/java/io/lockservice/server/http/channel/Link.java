package io.lockservice.server.http.channel;

import io.lockservice.check.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.function.LongSupplier;

/**
 * The WebSocket of a channel: whole messages in and out, whether the client still lives, and the end.
 *
 * <p>Messages go to Netty without Vert.x between: text that is bytes already stays so, and all messages of one turn of the
 * event loop go out with one write. A client that does not read is not read from either, so that what it is answered does not
 * pile up.
 *
 * <p>Threading: one event loop.
 */
final class Link {
    private static final int CLOSING_MS = 1_000 * ChannelSettings.CLOSING_SECONDS;
    private static final long NANOS_PER_MS = 1_000_000;
    private static final Buffer NOTHING = Buffer.buffer();
    private static final byte[] NONE = {};

    /** Not yet taken by the socket: a window and the keep-alives' replies of a few thousand sessions. */
    private static final int MAX_UNWRITTEN_BYTES = 1 << 20;

    /** What is told of a link; nothing more once it is being closed but that it is closed. */
    interface Listener {
        /** A whole text message. */
        void message(byte[] text);

        /** What the client sent is no message. */
        void refused(String why);

        /** The connection is closed, by whomever. */
        void closed();
    }

    private final ServerWebSocket socket;
    private final ChannelHandlerContext netty;
    private final Vertx vertx;
    private final Listener listener;
    private final LongSupplier nanoClock;
    private final Runnable flush = this::flush;
    private final Promise<Void> closed = Promise.promise();
    private long heardNanos;
    private boolean pinged;
    private boolean open = true;
    private boolean paused;
    private boolean flushing;
    private byte[] begun = NONE;

    Link(ServerWebSocket socket, Listener listener, LongSupplier nanoClock) {
        this.socket = socket;
        this.netty = ((WebSocketInternal) socket).channelHandlerContext();
        this.vertx = Check.present(Vertx.currentContext(), "an event loop").owner();
        this.listener = listener;
        this.nanoClock = nanoClock;
        this.heardNanos = nanoClock.getAsLong();
        socket.setWriteQueueMaxSize(MAX_UNWRITTEN_BYTES);
        socket.frameHandler(this::received);
        // Such as a frame that is larger than any is read; the connection is closed by Vert.x.
        socket.exceptionHandler(broken -> {});
        socket.closeHandler(gone -> {
            open = false;
            closed.tryComplete();
            listener.closed();
        });
    }

    // In

    private void received(WebSocketFrame frame) {
        heardNanos = nanoClock.getAsLong();
        pinged = false;
        if (!open) {
            return;
        }
        switch (frame.type()) {
            case TEXT, CONTINUATION -> assemble(frame);
            case BINARY -> listener.refused("a message is text, and not binary");
            default -> {}
        }
    }

    private void assemble(WebSocketFrame frame) {
        byte[] part = frame.binaryData().getBytes();
        if (begun.length + part.length > ChannelSettings.MAX_MESSAGE_BYTES) {
            listener.refused("a message has at most " + ChannelSettings.MAX_MESSAGE_BYTES
                    + " bytes; send the body in pieces, with \"more\":true in all but the last");
            return;
        }
        byte[] whole = part;
        if (begun.length > 0) {
            whole = new byte[begun.length + part.length];
            System.arraycopy(begun, 0, whole, 0, begun.length);
            System.arraycopy(part, 0, whole, begun.length, part.length);
        }
        begun = frame.isFinal() ? NONE : whole;
        if (frame.isFinal()) {
            listener.message(whole);
        }
    }

    /** Sends a ping where the client was silent for so long, and closes where it goes on being silent. */
    void sweep(long pingAfterMs, long silentMs) {
        long silentForMs = (nanoClock.getAsLong() - heardNanos) / NANOS_PER_MS;
        if (!open) {
            return;
        }
        if (silentForMs > pingAfterMs + silentMs) {
            close(CloseCode.POLICY, "no answer to a ping");
        } else if (silentForMs > pingAfterMs && !pinged) {
            pinged = true;
            socket.writePing(NOTHING);
        }
    }

    // Out

    /** Sends a message, with the others of this turn. */
    void send(ByteBuf text) {
        if (!open) {
            return;
        }
        // What cannot be written closes the connection, and that is told.
        ChannelFuture unused = netty.write(new TextWebSocketFrame(true, 0, text), netty.voidPromise());
        if (!flushing) {
            flushing = true;
            netty.executor().execute(flush);
        }
        if (!paused && !netty.channel().isWritable()) {
            paused = true;
            socket.pause();
            netty.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(taken -> resume());
        }
    }

    private void flush() {
        flushing = false;
        netty.flush();
    }

    private void resume() {
        if (paused) {
            paused = false;
            socket.resume();
        }
    }

    // The end

    boolean isOpen() {
        return open;
    }

    /** Completed once the connection is closed. */
    Future<Void> closed() {
        return closed.future();
    }

    /** Ends it: what was sent goes out before, and a client that does not answer in time is cut off. */
    void close(int code, String reason) {
        if (!open) {
            return;
        }
        open = false;
        begun = NONE;
        netty.flush();
        resume();
        socket.close((short) code, reason);
        long timer = vertx.setTimer(CLOSING_MS, late -> cut());
        closed.future().onComplete(done -> vertx.cancelTimer(timer));
    }

    /** Past Vert.x, which would wait for the client first. */
    private void cut() {
        ChannelFuture unused = netty.close();
    }
}
