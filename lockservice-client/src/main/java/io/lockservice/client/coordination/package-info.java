/** What programs agree on beside locks: permits, barriers, members of a group, registers and counters. */
@NullMarked
package io.lockservice.client.coordination;

import org.jspecify.annotations.NullMarked;
