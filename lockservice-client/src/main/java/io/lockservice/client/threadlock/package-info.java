/** Locks of the cell as those of {@link java.util.concurrent.locks}: held by threads, and blocking. */
@NullMarked
package io.lockservice.client.threadlock;

import org.jspecify.annotations.NullMarked;
