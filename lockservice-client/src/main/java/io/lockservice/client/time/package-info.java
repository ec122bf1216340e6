/** Clocks, leases counted on them, and the loop on which a client's work is done. */
@NullMarked
package io.lockservice.client.time;

import org.jspecify.annotations.NullMarked;
