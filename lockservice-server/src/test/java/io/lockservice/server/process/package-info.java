/** Cells of real processes with real sockets and real fsync, killed and frozen. */
@NullMarked
package io.lockservice.server.process;

import org.jspecify.annotations.NullMarked;
