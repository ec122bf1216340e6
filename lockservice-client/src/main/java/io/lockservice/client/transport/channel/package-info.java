/**
 * Calls over the channel: one WebSocket to a replica that carries many at once. Knows nothing of retries, sessions or
 * locks. Everything here is confined to the client's loop.
 */
@NullMarked
package io.lockservice.client.transport.channel;

import org.jspecify.annotations.NullMarked;
