package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;

/** Knows how many there are. */
final class Stock implements Program {
    private static final Map<String, Integer> PIECES = Map.of("tea", 12, "coffee", 0);

    private final String self;

    Stock(String self) {
        this.self = self;
    }

    @Override
    public Future<Answer> item(String item, HttpServerRequest request) {
        return Future.succeededFuture(Answer.from(self, PIECES, item, "pieces"));
    }
}
