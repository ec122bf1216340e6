package io.lockservice.client.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.Name;
import io.lockservice.api.PercentText;
import io.lockservice.api.ProblemException;
import io.lockservice.client.Operation;
import io.lockservice.client.transport.Response;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What an operation of one's own may change: nodes, the directories above them, and with {@code below} what is below. What
 * is not understood may change everything.
 */
record Scope(List<Name> nodes, boolean below, boolean everything) {
    static final Scope NOTHING = new Scope(List.of(), false, false);
    static final Scope EVERYTHING = new Scope(List.of(), false, true);

    private static final List<String> ABOUT_A_NODE = List.of("/v1/locks/", "/v1/files/", "/v1/nodes/", "/v1/acls/");

    /** Reads an operation. {@code handles} knows what node a handle is of; null where it does not. */
    static Scope of(Operation operation, String cell, Function<String, @Nullable Name> handles) {
        String[] parts = operation.path().split("\\?", 2);
        String path = parts[0];
        if (operation.method().equals(HttpMethod.GET)
                || operation.method().equals(HttpMethod.HEAD)
                || path.equals("/v1/sequencers/check")) {
            return NOTHING;
        }
        try {
            for (String resource : ABOUT_A_NODE) {
                if (path.startsWith(resource)) {
                    Name name = Name.parse(PercentText.decode(path.substring(resource.length() - 1)), cell);
                    boolean recursive = parts.length > 1 && parts[1].contains("recursive=true");
                    return new Scope(List.of(name), recursive, false);
                }
            }
            if (path.startsWith("/v1/handles/")) {
                Name name = handles.apply(PercentText.decode(path.substring("/v1/handles/".length())));
                return name == null ? EVERYTHING : new Scope(List.of(name), false, false);
            }
            JsonNode body = json(operation.body());
            if (path.equals("/v1/handles")) {
                return body.hasNonNull("create") ? ofNames(List.of(body), cell) : NOTHING;
            } else if (path.equals("/v1/txn")) {
                List<JsonNode> operations = new ArrayList<>();
                body.path("then").forEach(operations::add);
                body.path("else").forEach(operations::add);
                return ofNames(operations, cell);
            }
        } catch (ProblemException refused) {
            // The cell refuses such a name.
            return NOTHING;
        }
        return EVERYTHING;
    }

    private static Scope ofNames(List<JsonNode> operations, String cell) {
        List<Name> names = new ArrayList<>();
        for (JsonNode each : operations) {
            names.add(Name.parse(each.path("name").asText(), cell));
        }
        return new Scope(List.copyOf(names), false, false);
    }

    private static JsonNode json(@Nullable Buffer body) {
        return new Response(200, MultiMap.caseInsensitiveMultiMap(), body == null ? Buffer.buffer() : body).json();
    }

    boolean isNothing() {
        return nodes.isEmpty() && !everything;
    }

    boolean covers(Name name) {
        if (everything) {
            return true;
        }
        for (Name node : nodes) {
            if (node.equals(name) || name.isAbove(node) || (below && node.isAbove(name))) {
                return true;
            }
        }
        return false;
    }
}
