/**
 * The channel, {@code docs/channel.md}: the requests of the HTTP API and their replies in the messages of a WebSocket, many at
 * once.
 */
@NullMarked
package io.lockservice.server.http.channel;

import org.jspecify.annotations.NullMarked;
