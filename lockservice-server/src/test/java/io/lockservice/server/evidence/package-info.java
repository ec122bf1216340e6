/** Long runs against cells of real processes, and what they show. How to run each is in {@code docs/performance.md}. */
@NullMarked
package io.lockservice.server.evidence;

import org.jspecify.annotations.NullMarked;
