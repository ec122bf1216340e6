package io.lockservice.example.shop;

import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** What a program answers: an HTTP status and JSON. */
record Answer(int status, JsonObject body) {
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;

    /** A program that is gone with its machine refuses nothing: without these a call of it would wait for long. */
    private static final long CONNECT_WITHIN_MS = 1_000;

    private static final long ANSWER_WITHIN_MS = 2_000;

    /** That it was found. */
    static Answer ok(JsonObject body) {
        return new Answer(OK, body);
    }

    /** That there is no such thing. */
    static Answer notFound(String what) {
        return new Answer(NOT_FOUND, new JsonObject().put("error", "there is no " + what));
    }

    /** What {@code all} has of an item, called {@code key}, and who says so. */
    static Answer from(String program, Map<String, Integer> all, String item, String key) {
        Integer value = all.get(item);
        return value == null
                ? notFound(item)
                : ok(new JsonObject().put("item", item).put(key, value).put("from", program));
    }

    /** Whether it was found. */
    boolean isOk() {
        return status == OK;
    }

    /** Asks by GET. Fails where there is no answer in time, and where another instance may have a better one. */
    static Future<Answer> get(HttpClient http, RequestOptions to) {
        return http.request(to.setConnectTimeout(CONNECT_WITHIN_MS).setIdleTimeout(ANSWER_WITHIN_MS))
                .compose(HttpClientRequest::send)
                .compose(response -> response.statusCode() >= SERVER_ERROR
                        ? Future.failedFuture("status " + response.statusCode())
                        : response.body().map(body -> new Answer(response.statusCode(), body.toJsonObject())));
    }
}
