package io.lockservice.client.node;

import io.lockservice.client.LockServiceClient;
import java.util.LinkedHashSet;
import java.util.Set;

/** The copies of all sessions of a client, for metrics: those of sessions that ended stay counted. From all threads. */
public final class ClientCaches {
    private final Set<NodeCache> open = new LinkedHashSet<>();
    private CacheStats ended = CacheStats.NONE;

    private ClientCaches() {}

    /** Those of {@code client}: always the same object. */
    public static ClientCaches of(LockServiceClient client) {
        return client.recipe(ClientCaches.class, ignored -> new ClientCaches());
    }

    /** All together. What is counted never falls. */
    public synchronized CacheStats stats() {
        CacheStats all = ended;
        for (NodeCache each : open) {
            all = all.plus(each.stats());
        }
        return all;
    }

    synchronized void opened(NodeCache cache) {
        open.add(cache);
    }

    synchronized void ended(NodeCache cache) {
        if (open.remove(cache)) {
            ended = ended.plus(cache.stats().ended());
        }
    }
}
