package io.lockservice.server.http.exchange;

import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** What a resource does for each method. HEAD is GET without its body; OPTIONS says what there is. */
public final class Methods {
    private final Map<HttpMethod, Consumer<Exchange>> handlers = new LinkedHashMap<>();

    /** Answers GET and HEAD with JSON. */
    public Methods get(Consumer<Exchange> handler) {
        return getAnyType(json(handler));
    }

    /** Answers GET and HEAD with whatever the handler finds acceptable. */
    public Methods getAnyType(Consumer<Exchange> handler) {
        handlers.put(HttpMethod.GET, handler);
        handlers.put(HttpMethod.HEAD, handler);
        return this;
    }

    /** Answers GET with a reply that may go on, of a type that the handler looks at; there is no HEAD of such a reply. */
    public Methods getOnly(Consumer<Exchange> handler) {
        handlers.put(HttpMethod.GET, handler);
        return this;
    }

    /** Answers POST with JSON. */
    public Methods post(Consumer<Exchange> handler) {
        handlers.put(HttpMethod.POST, json(handler));
        return this;
    }

    /** Answers PUT with JSON. */
    public Methods put(Consumer<Exchange> handler) {
        handlers.put(HttpMethod.PUT, json(handler));
        return this;
    }

    /** Answers DELETE with JSON. */
    public Methods delete(Consumer<Exchange> handler) {
        handlers.put(HttpMethod.DELETE, json(handler));
        return this;
    }

    /** Hands the exchange to its method's handler; throws method-not-allowed where there is none. */
    public void dispatch(Exchange exchange) {
        Consumer<Exchange> handler = handlers.get(exchange.method());
        if (handler != null) {
            handler.accept(exchange);
            return;
        }
        exchange.allow(allowed());
        if (exchange.method().equals(HttpMethod.OPTIONS)) {
            exchange.sendNothing(204);
            return;
        }
        throw new ProblemException(
                ProblemCode.METHOD_NOT_ALLOWED,
                exchange.method().name() + " is not possible here; possible are " + allowed());
    }

    private static Consumer<Exchange> json(Consumer<Exchange> handler) {
        return exchange -> {
            exchange.requireAcceptJson();
            handler.accept(exchange);
        };
    }

    private String allowed() {
        StringBuilder text = new StringBuilder();
        handlers.keySet().forEach(method -> text.append(method.name()).append(", "));
        return text.append("OPTIONS").toString();
    }
}
