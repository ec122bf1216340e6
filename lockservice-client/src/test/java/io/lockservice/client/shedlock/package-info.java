/** ShedLock's own contract, and ours. */
@NullMarked
package io.lockservice.client.shedlock;

import org.jspecify.annotations.NullMarked;
