/** How a request gets to one replica and its answer back. Knows nothing of retries, sessions or locks. */
@NullMarked
package io.lockservice.client.transport;

import org.jspecify.annotations.NullMarked;
