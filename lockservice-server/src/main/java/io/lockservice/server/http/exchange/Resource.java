package io.lockservice.server.http.exchange;

/** What answers below one path. */
@FunctionalInterface
public interface Resource {
    /** Answers {@code exchange}, now or later; what is thrown becomes the reply. */
    void handle(Exchange exchange);
}
