package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.vertx.core.Promise;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The way to one replica: a channel, opened when it is needed; by HTTP for a while where the replica has none. Confined to
 * the loop.
 */
final class Route implements Channel.Owner {
    private static final long HTTP_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Address address;
    private final ChannelLoop loop;
    private final ChannelSettings settings;
    private final Dialer dialer;
    private final Transport http;
    private @Nullable Channel channel;
    private boolean byHttp;
    private long httpSinceNanos;

    Route(Address address, ChannelLoop loop, ChannelSettings settings, Dialer dialer, Transport http) {
        this.address = address;
        this.loop = loop;
        this.settings = settings;
        this.dialer = dialer;
        this.http = http;
    }

    void send(Call call, RequestMessages messages, Promise<Response> promise) {
        byHttp = byHttp && loop.nanoTime() - httpSinceNanos < HTTP_NANOS;
        if (byHttp) {
            otherwise(call, promise);
        } else if (channel != null) {
            channel.send(call, messages, promise);
        } else {
            Channel opening = new Channel(address, loop, settings, this);
            channel = opening;
            opening.send(call, messages, promise);
            dialer.dial(address, opening);
        }
    }

    void close() {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public void over(boolean atFault, String why) {
        channel = null;
        if (atFault) {
            byHttp = true;
            httpSinceNanos = loop.nanoTime();
            System.getLogger(Route.class.getName())
                    .log(System.Logger.Level.DEBUG, "calls go by HTTP for a minute: " + address + " " + why);
        }
    }

    @Override
    public void otherwise(Call call, Promise<Response> promise) {
        http.send(call).onComplete(promise);
    }
}
