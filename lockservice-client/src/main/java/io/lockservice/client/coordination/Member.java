package io.lockservice.client.coordination;

import io.vertx.core.buffer.Buffer;

/**
 * A member of a group as it was read.
 *
 * @param id what it calls itself, unique in the group
 * @param data what it tells of itself
 * @param token tells it from earlier members with this id, and is larger than theirs
 */
public record Member(String id, Buffer data, long token) {}
