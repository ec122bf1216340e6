package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;

/** What one of the shop's programs knows of an item. On an event loop: must not block. */
@FunctionalInterface
interface Program {
    /** The answer to {@code GET /items/<item>}. */
    Future<Answer> item(String item, HttpServerRequest request);
}
