package io.lockservice.server.http.channel;

import io.lockservice.api.Problem;
import io.lockservice.server.http.exchange.Carrier;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.http.exchange.OwnConnection;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request of a channel. Threading: the event loop of the channel. */
final class ChannelRequest implements Carrier {
    private static final HttpMethod NO_METHOD = HttpMethod.valueOf("NONE");

    private final Channel channel;
    private final Message.Part message;
    private final boolean keepAlive;
    private final long startNanos;
    private final List<String> headers = new ArrayList<>(6);
    private @Nullable IncomingBody arriving;
    private @Nullable Runnable gone;
    private boolean over;

    /**
     * A request that has just arrived.
     *
     * @param arriving its body, where that is not whole yet
     */
    ChannelRequest(Channel channel, Message.Part message, @Nullable IncomingBody arriving, long startNanos) {
        this.channel = channel;
        this.message = message;
        this.keepAlive = message.isKeepAlive();
        this.arriving = arriving;
        this.startNanos = startNanos;
    }

    long id() {
        return message.id();
    }

    boolean isKeepAlive() {
        return keepAlive;
    }

    long startNanos() {
        return startNanos;
    }

    /** Nobody waits for the reply any more. */
    void leave() {
        over = true;
        discardBody();
        Runnable told = gone;
        if (told != null) {
            gone = null;
            told.run();
        }
    }

    // What was asked

    @Override
    public HttpMethod method() {
        HttpMethod method = message.method();
        return method == null ? NO_METHOD : method;
    }

    @Override
    public String target() {
        String path = message.path();
        return path == null ? "/v1" : path;
    }

    @Override
    public MultiMap headers() {
        return message.headers();
    }

    @Override
    public long bodyBytes() {
        return arriving == null ? message.body().length : -1;
    }

    @Override
    public void readBody(int limitBytes, Consumer<byte[]> whole, Consumer<Problem> refused) {
        IncomingBody coming = arriving;
        if (coming != null) {
            coming.read(limitBytes, whole, refused);
        } else if (message.body().length > limitBytes) {
            refused.accept(Exchange.tooLarge(limitBytes));
        } else {
            whole.accept(message.body());
        }
    }

    @Override
    public void discardBody() {
        IncomingBody coming = arriving;
        if (coming != null) {
            coming.discard();
        }
    }

    // The reply

    @Override
    public void header(CharSequence name, String value) {
        headers.add(name.toString());
        headers.add(value);
    }

    @Override
    public void reply(int status, @Nullable Body body) {
        if (!over) {
            over = true;
            gone = null;
            channel.reply(this, status, headers, method().equals(HttpMethod.HEAD) ? null : body);
        }
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void whenGone(Runnable then) {
        gone = then;
    }

    @Override
    public @Nullable OwnConnection own() {
        return null;
    }
}
