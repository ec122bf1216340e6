package io.lockservice.server.http.channel;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.Methods;
import io.lockservice.server.http.exchange.OwnConnection;
import io.lockservice.server.http.exchange.Resource;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/channel}: the handshake (RFC 6455, section 4.2). What is wrong with it is a reply like any other. */
public final class ChannelResource implements Resource {
    /** The subprotocol: the version of the messages. */
    public static final String PROTOCOL = "lockservice.v1";

    private static final String PROTOCOL_HEADER = "Sec-WebSocket-Protocol";
    private static final String VERSION_HEADER = "Sec-WebSocket-Version";
    private static final String KEY_HEADER = "Sec-WebSocket-Key";
    private static final String VERSION = "13";

    /** 16 bytes in Base64. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

    private final Channels channels;
    private final Methods methods = new Methods().getOnly(this::open);

    /** Opens channels among {@code channels}. */
    public ChannelResource(Channels channels) {
        this.channels = channels;
    }

    @Override
    public void handle(Exchange exchange) {
        if (!exchange.subpath().isEmpty()) {
            throw new ProblemException(ProblemCode.NOT_FOUND, "there is /v1/channel, and nothing below it");
        }
        methods.dispatch(exchange);
    }

    private void open(Exchange exchange) {
        exchange.query().finish();
        OwnConnection connection = exchange.ownConnection(
                "a channel is not opened on a channel: use this one, or open another connection");
        if (exchange.header("Transfer-Encoding") != null) {
            // Even an empty body would be read before the handshake, which then waits for its end.
            throw new ProblemException(
                    Problem.badField("header:Transfer-Encoding", "a channel is opened with a request without a body"));
        }
        exchange.withoutBody(() -> {
            checkUpgrade(exchange);
            checkOrigin(exchange);
            checkHandshake(exchange);
            // What fails now has been answered by Vert.x, or the client has gone.
            connection.toWebSocket().onSuccess(socket -> channels.opened(socket, connection::ended));
        });
    }

    private static void checkUpgrade(Exchange exchange) {
        if (!lists(exchange.header("Upgrade"), "websocket") || !lists(exchange.header("Connection"), "upgrade")) {
            exchange.header("Upgrade", "websocket");
            exchange.header("Connection", "Upgrade");
            throw new ProblemException(
                    ProblemCode.UPGRADE_REQUIRED,
                    "a channel is a WebSocket: send Upgrade: websocket and Connection: Upgrade, or make each request by"
                            + " HTTP without a channel");
        }
        if (!VERSION.equals(exchange.header(VERSION_HEADER))) {
            exchange.header(VERSION_HEADER, VERSION);
            throw new ProblemException(
                    ProblemCode.UPGRADE_REQUIRED, "the version of the WebSocket protocol must be " + VERSION);
        }
    }

    /** A page may only open a channel to where it came from: browsers let any page try, and send no other proof. */
    private static void checkOrigin(Exchange exchange) {
        String origin = exchange.header("Origin");
        if (origin == null) {
            return;
        }
        String host = exchange.header("Host");
        if (!origin.equalsIgnoreCase("http://" + host) && !origin.equalsIgnoreCase("https://" + host)) {
            throw new ProblemException(
                    ProblemCode.PERMISSION_DENIED,
                    "a page of another origin cannot open a channel here; programs send no Origin");
        }
    }

    private static void checkHandshake(Exchange exchange) {
        if (!lists(exchange.header(PROTOCOL_HEADER), PROTOCOL)) {
            throw new ProblemException(Problem.badField(
                    "header:" + PROTOCOL_HEADER, "send " + PROTOCOL_HEADER + ": " + PROTOCOL + " to open a channel"));
        }
        String key = exchange.header(KEY_HEADER);
        if (key == null || !KEY.matcher(key).matches()) {
            throw new ProblemException(
                    Problem.badField("header:" + KEY_HEADER, KEY_HEADER + " must be 16 bytes in Base64"));
        }
    }

    private static boolean lists(@Nullable String header, String value) {
        return header != null
                && Arrays.stream(header.split(",", -1))
                        .anyMatch(each -> each.strip().equalsIgnoreCase(value));
    }
}
