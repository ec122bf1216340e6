package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/** Knows what things cost, in cents. */
final class Prices implements Program {
    private static final Map<String, Integer> CENTS = Map.of("tea", 450, "coffee", 690);

    private final String self;

    Prices(String self) {
        this.self = self;
    }

    @Override
    public Future<Answer> item(String item, HttpServerRequest request) {
        return Future.succeededFuture(Answer.from(self, CENTS, item, "cents"));
    }
}
