package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.NotSentException;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls over channels ({@code GET /v1/channel}, see channel.md): one WebSocket to each replica that is being asked, opened
 * when it is needed and closed after a minute without calls. Keep-alives go past everything that waits for room.
 *
 * <p>A call waits while the channel is being opened, and fails with {@link NotSentException} where that fails. When a
 * channel breaks all its calls fail at once. A replica that is silent is asked for a sign of life, and its channel closed
 * when none comes. Where a replica offers no channel, and for calls that do not fit into one, there is HTTP.
 *
 * <p>Its state is confined to the client's loop: {@link #send} and {@link #close} may be called from any thread and do
 * their work there; answers come on the loop, or where HTTP's come.
 */
public final class ChannelTransport implements Transport {
    private final ChannelLoop loop;
    private final ChannelSettings settings;
    private final Dialer dialer;
    private final Transport http;
    // A few for each client: the replicas it was told of.
    private final Map<Address, Route> routes = new HashMap<>();
    private boolean closed;

    /**
     * A transport.
     *
     * @param vertx runs the connections; its address resolver looks up the host names, at each opening of a channel
     * @param http for what does not go over a channel; closed with this
     */
    public ChannelTransport(Vertx vertx, ChannelLoop loop, ChannelSettings settings, Transport http) {
        this(loop, settings, new WebSocketDialer(vertx, loop, settings), http);
    }

    ChannelTransport(ChannelLoop loop, ChannelSettings settings, Dialer dialer, Transport http) {
        this.loop = loop;
        this.settings = settings;
        this.dialer = dialer;
        this.http = http;
    }

    @Override
    public Future<Response> send(Call call) {
        Promise<Response> promise = Promise.promise();
        loop.execute(() -> sendNow(call, promise));
        return promise.future();
    }

    @Override
    public Future<Void> close() {
        Promise<Void> promise = Promise.promise();
        loop.execute(() -> {
            closed = true;
            List.copyOf(routes.values()).forEach(Route::close);
            Future.join(dialer.close(), http.close()).<Void>mapEmpty().onComplete(promise);
        });
        return promise.future();
    }

    private void sendNow(Call call, Promise<Response> promise) {
        RequestMessages messages = RequestMessages.of(call, settings.authorization());
        if (closed) {
            promise.fail(new NotSentException("this client is closed", new IllegalStateException("closed")));
        } else if (messages == null) {
            http.send(call).onComplete(promise);
        } else {
            routes.computeIfAbsent(call.address(), this::route).send(call, messages, promise);
        }
    }

    private Route route(Address address) {
        return new Route(address, loop, settings, dialer, http);
    }
}
