/** Locks of the cell for ShedLock's scheduled tasks. Needs {@code net.javacrumbs.shedlock:shedlock-core}, 7.0 or newer. */
@NullMarked
package io.lockservice.client.shedlock;

import org.jspecify.annotations.NullMarked;
