package io.lockservice.client.fencing;

import io.lockservice.client.cell.TestCell;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterEach;

class VertxSequencerFilterTest extends FilterContract {
    private final Vertx vertx = Vertx.vertx();

    @Override
    int serve(FencingPolicy policy) {
        Handler<HttpServerRequest> storage = request -> request.body().onSuccess(body -> {
            written.add(body.toString());
            request.response().end(body);
        });
        HttpServer server = vertx.createHttpServer().requestHandler(VertxSequencerFilter.before(storage, policy));
        return TestCell.await(server.listen(0, "127.0.0.1")).actualPort();
    }

    @AfterEach
    void stop() {
        TestCell.await(vertx.close());
    }
}
