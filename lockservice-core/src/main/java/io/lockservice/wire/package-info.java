/** Explicit binary encoding: what is written to disk or sent to a peer is a deliberate thing, never reflection. */
@NullMarked
package io.lockservice.wire;

import org.jspecify.annotations.NullMarked;
