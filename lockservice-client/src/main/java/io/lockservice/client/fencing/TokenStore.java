package io.lockservice.client.fencing;

import java.io.IOException;
import java.util.Map;

/**
 * Keeps what a {@link TokenGuard} has seen over a restart of the resource. A guard that forgot would let a former holder in
 * that had stopped before the restart. Best kept where the resource's own data is, so that one is never there without the
 * other.
 */
public interface TokenStore {
    /**
     * All that was saved, by resource. Called once, before anything is saved.
     *
     * @throws IOException where it cannot be read, or not be trusted; never an empty map instead
     */
    Map<String, Long> load() throws IOException;

    /**
     * Saves the largest token of {@code resource}. What it replaces was smaller. When this returns it survives the death of
     * the process and of the machine. Never called for one resource by two threads at a time, but for several resources.
     *
     * @throws IOException where it may not have been saved: the guard then admits nobody with this token, and tries again
     *     when it comes again
     */
    void save(String resource, long token) throws IOException;
}
