package io.lockservice.client.transport;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one replica.
 *
 * @param address the replica
 * @param lane which connections it may use
 * @param method as in API.md
 * @param path path and query, percent-encoded
 * @param headers by name, in order
 * @param body JSON or a file's content, null for none
 * @param timeoutMs after this long without an answer the attempt is given up and its connection with it
 */
public record Call(
        Address address,
        Lane lane,
        HttpMethod method,
        String path,
        Map<String, String> headers,
        @Nullable Buffer body,
        long timeoutMs) {}
