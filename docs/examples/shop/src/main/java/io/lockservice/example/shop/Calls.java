package io.lockservice.example.shop;

import io.vertx.core.Future;

/** Calls of other services. They are repeated at another instance where one does not answer: a GET may be done twice. */
@FunctionalInterface
interface Calls {
    /** What some instance answers. Fails where none did, or nobody offers the service. */
    Future<Answer> get(String service, String uri);
}
