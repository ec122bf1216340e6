/** {@code /v1/events}: what has changed, as a stream or by long poll. */
@NullMarked
package io.lockservice.server.http.events;

import org.jspecify.annotations.NullMarked;
