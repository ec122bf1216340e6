package io.lockservice.server.registry;

import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import org.jspecify.annotations.Nullable;

/**
 * An instance that is registered.
 *
 * @param id unique within its service
 * @param session whose end ends it; null for a file that no living session owns
 * @param instance where it answers
 */
public record Registered(String id, @Nullable String session, ServiceInstance instance) {
    /** What a reading of the node {@code name} found; null where that is no registration. */
    static @Nullable Registered of(Name name, Reply reply) {
        if (!(reply instanceof Reply.Node node) || node.content() == null) {
            return null;
        }
        ServiceInstance instance = ServiceInstance.of(node.content());
        return instance == null ? null : new Registered(name.leaf(), node.stat().owner(), instance);
    }
}
