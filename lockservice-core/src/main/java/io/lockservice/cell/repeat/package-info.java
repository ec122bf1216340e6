/** What is remembered so that a call is executed once: outcomes by origin and by idempotency key. */
@NullMarked
package io.lockservice.cell.repeat;

import org.jspecify.annotations.NullMarked;
