package io.lockservice.server.registry;

import org.jspecify.annotations.Nullable;

/**
 * An instance that is registered.
 *
 * @param id unique within its service
 * @param session whose end ends it; null for a file that no living session owns
 * @param instance where it answers
 */
public record Registered(String id, @Nullable String session, ServiceInstance instance) {}
