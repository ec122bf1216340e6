package io.lockservice.client.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A place in a cell's history of events, from which nothing is missed: it is taken before the state is looked at, so what changes
 * between the two is told, at worst a second time. Confined to the loop.
 */
final class Changes {
    private static final long UNKNOWN = -1;

    private final LockServiceClient client;
    private final String question;
    private long since = UNKNOWN;

    /**
     * What may have changed.
     *
     * @param names the nodes, with the real cell's name, in order
     * @param complete false where more may have: look at everything
     */
    record Batch(Set<String> names, boolean complete) {
        private static final Batch EVERYTHING = new Batch(Set.of(), false);
    }

    /** Changes of the node {@code name} and of all below it. */
    Changes(LockServiceClient client, String name) {
        this.client = client;
        this.question = "/v1/events?recursive=true&name=" + PercentText.encode(name);
    }

    /**
     * The next changes, waited for; an empty batch where none came within {@code waitMs}. The first time, and where the events
     * since the last time are no longer kept, it is everything, at once.
     */
    Future<Batch> next(long waitMs) {
        if (since == UNKNOWN) {
            return ask(question + "&waitMs=0", 0).map(response -> {
                since = response.json().path("revision").asLong();
                return Batch.EVERYTHING;
            });
        }
        return ask(question + "&waitMs=" + waitMs + "&since=" + since, waitMs)
                .map(this::batch)
                .recover(failure -> {
                    if (failure instanceof LockServiceException refusal
                            && refusal.code().equals("compacted")) {
                        since = UNKNOWN;
                        return next(waitMs);
                    }
                    return Future.failedFuture(failure);
                });
    }

    private Batch batch(Response response) {
        JsonNode body = response.json();
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode event : body.path("events")) {
            String name = event.path("name").asText("");
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        since = body.path("revision").asLong(since);
        return new Batch(names, true);
    }

    private Future<Response> ask(String path, long waitMs) {
        return client.execute(
                Operation.get(path).header("Accept", "application/json").waiting(waitMs));
    }
}
