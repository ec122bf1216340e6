package io.lockservice.server.http.services;

import io.lockservice.server.registry.Registered;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which instances are wanted.
 *
 * @param tag only those that have it; null for all
 */
record ServiceFilter(@Nullable String tag) {
    /** Those of {@code instances} that are wanted, in their order. */
    List<Registered> of(List<Registered> instances) {
        return tag == null
                ? instances
                : instances.stream()
                        .filter(each -> each.instance().tags().contains(tag))
                        .toList();
    }
}
