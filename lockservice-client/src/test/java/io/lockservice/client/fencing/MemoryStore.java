package io.lockservice.client.fencing;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A store that can break. */
final class MemoryStore implements TokenStore {
    private final Map<String, Long> tokens = new ConcurrentHashMap<>();
    private volatile boolean broken;

    void breakDown() {
        broken = true;
    }

    void repair() {
        broken = false;
    }

    @Override
    public Map<String, Long> load() {
        return Map.copyOf(tokens);
    }

    @Override
    public void save(String resource, long token) throws IOException {
        if (broken) {
            throw new IOException("no space");
        }
        tokens.put(resource, token);
    }
}
