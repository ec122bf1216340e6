package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Address;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens WebSockets by Vert.x. Handlers run on the context on which {@link #dial} is called, which is the loop's. */
final class WebSocketDialer implements Dialer {
    private static final String SUBPROTOCOL = "lockservice.v1";
    private static final String PATH = "/v1/channel";
    private static final int CLOSING_SECONDS = 1;

    private final ChannelLoop loop;
    private final ChannelSettings settings;
    private final WebSocketClient client;

    WebSocketDialer(Vertx vertx, ChannelLoop loop, ChannelSettings settings) {
        this.loop = loop;
        this.settings = settings;
        this.client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setConnectTimeout((int) settings.openTimeoutMs())
                .setClosingTimeout(CLOSING_SECONDS)
                .setTcpNoDelay(true));
    }

    @Override
    public void dial(Address address, Wire.Listener listener) {
        ClientWebSocket socket = client.webSocket();
        Frames frames = new Frames(listener);
        socket.frameHandler(frame -> loop.execute(() -> frames.take(frame)));
        socket.exceptionHandler(cause -> loop.execute(() -> trouble(cause, listener)));
        socket.closeHandler(ignored -> loop.execute(() -> closed(socket, listener)));
        socket.connect(options(address))
                .onComplete((opened, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        failed(failure, listener);
                    } else {
                        opened(socket, listener);
                    }
                }));
    }

    private WebSocketConnectOptions options(Address address) {
        WebSocketConnectOptions options = new WebSocketConnectOptions();
        options.setHost(address.host()).setPort(address.port()).setSsl(address.tls());
        // Absolute, because Vert.x would put an IPv6 address into it without brackets.
        options.setURI(address + PATH);
        options.addSubProtocol(SUBPROTOCOL);
        // Only browsers have an origin.
        options.setAllowOriginHeader(false);
        // Behind the channel's own limit, which says that the replica is silent: this one looks like a refusal.
        options.setTimeout(2 * settings.openTimeoutMs());
        if (settings.authorization() != null) {
            options.putHeader("Authorization", settings.authorization());
        }
        return options;
    }

    @Override
    public Future<Void> close() {
        return client.close();
    }

    private static void opened(ClientWebSocket socket, Wire.Listener listener) {
        if (SUBPROTOCOL.equals(socket.subProtocol())) {
            listener.opened(new Socket(socket));
        } else {
            socket.close();
            listener.notOffered("it did not agree to " + SUBPROTOCOL);
        }
    }

    /** Failures of the network are what these types are for; all else was said by whoever answers there. */
    private static void failed(Throwable failure, Wire.Listener listener) {
        if (failure instanceof IOException || failure instanceof TimeoutException) {
            listener.unreachable(failure);
        } else {
            listener.notOffered(String.valueOf(failure.getMessage()));
        }
    }

    /** Connections that break are told by their close; this is for frames that are none. */
    private static void trouble(Throwable cause, Wire.Listener listener) {
        if (!(cause instanceof IOException) && !(cause instanceof VertxException)) {
            listener.garbled(String.valueOf(cause.getMessage()));
        }
    }

    private static void closed(ClientWebSocket socket, Wire.Listener listener) {
        Short status = socket.closeStatusCode();
        listener.closed(status == null ? 0 : status, socket.closeReason());
    }

    /** Puts messages together from frames. */
    private static final class Frames {
        private final Wire.Listener listener;
        private @Nullable Buffer begun;

        Frames(Wire.Listener listener) {
            this.listener = listener;
        }

        void take(WebSocketFrame frame) {
            listener.heard();
            if (frame.isText()) {
                begun = frame.binaryData();
            } else if (frame.isContinuation() && begun != null) {
                begun = begun.copy().appendBuffer(frame.binaryData());
            } else if (frame.isBinary()) {
                listener.garbled("bytes where text was due");
                return;
            } else {
                return;
            }
            Buffer message = begun;
            if (message.length() > Channel.MAX_MESSAGE_BYTES) {
                begun = null;
                listener.garbled("a message of more than " + Channel.MAX_MESSAGE_BYTES + " bytes");
            } else if (frame.isFinal()) {
                begun = null;
                listener.message(message.getBytes());
            }
        }
    }

    private record Socket(ClientWebSocket socket) implements Wire {
        private static final Buffer NOTHING = Buffer.buffer();

        @Override
        public void text(String message) {
            socket.writeTextMessage(message);
        }

        @Override
        public void ping() {
            socket.writePing(NOTHING);
        }

        @Override
        public void close(int status, String reason) {
            socket.close((short) status, reason);
        }
    }
}
