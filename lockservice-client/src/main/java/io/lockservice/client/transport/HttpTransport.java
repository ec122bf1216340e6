package io.lockservice.client.transport;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.EnumMap;
import java.util.Map;

/**
 * Calls over HTTP/1.1 with kept-alive connections, one pool for each {@link Lane}. Connections are opened when needed
 * and closed after a minute without use; the host name is looked up at each opening.
 */
public final class HttpTransport implements Transport {
    private static final int IDLE_SECONDS = 60;

    private final Map<Lane, HttpClient> lanes = new EnumMap<>(Lane.class);

    /**
     * Makes a transport.
     *
     * @param vertx runs the connections; its address resolver looks up the host names
     * @param connectTimeoutMs how long opening a connection may take
     * @param connectionsPerReplica the most connections for calls; a waiting call has one to itself
     */
    public HttpTransport(Vertx vertx, int connectTimeoutMs, Map<Lane, Integer> connectionsPerReplica) {
        HttpClientOptions options = new HttpClientOptions()
                .setConnectTimeout(connectTimeoutMs)
                .setKeepAliveTimeout(IDLE_SECONDS)
                .setTcpNoDelay(true);
        for (Lane lane : Lane.values()) {
            int most = connectionsPerReplica.getOrDefault(lane, 1);
            PoolOptions pool = new PoolOptions().setHttp1MaxSize(most).setMaxWaitQueueSize(-1);
            lanes.put(lane, vertx.httpClientBuilder().with(options).with(pool).build());
        }
    }

    @Override
    public Future<Response> send(Call call) {
        HttpClient client = lanes.get(call.lane());
        if (client == null) {
            return Future.failedFuture(new IllegalStateException("no connections for " + call.lane()));
        }
        return client.request(options(call))
                .recover(cause -> Future.failedFuture(
                        new NotSentException("cannot reach " + call.address() + ": " + cause.getMessage(), cause)))
                .compose(request -> exchange(request, call));
    }

    @Override
    public Future<Void> close() {
        return Future.join(lanes.values().stream().map(HttpClient::close).toList())
                .mapEmpty();
    }

    private static RequestOptions options(Call call) {
        RequestOptions options = new RequestOptions()
                .setMethod(call.method())
                .setHost(call.address().host())
                .setPort(call.address().port())
                .setSsl(call.address().tls())
                .setURI(call.path())
                .setTimeout(call.timeoutMs());
        call.headers().forEach(options::putHeader);
        return options;
    }

    private static Future<Response> exchange(HttpClientRequest request, Call call) {
        var answer = call.body() == null ? request.send() : request.send(call.body());
        return answer.compose(head -> head.body().map(body -> new Response(head.statusCode(), head.headers(), body)));
    }
}
