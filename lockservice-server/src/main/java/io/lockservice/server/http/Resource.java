package io.lockservice.server.http;

import io.lockservice.server.http.exchange.Exchange;

/** What answers below one path. */
@FunctionalInterface
interface Resource {
    /** Answers {@code exchange}, now or later; what is thrown becomes the reply. */
    void handle(Exchange exchange);
}
