/** Owns the replica: inputs in, effects out. */
@NullMarked
package io.lockservice.server.driver;

import org.jspecify.annotations.NullMarked;
