/** Backups of the cell: written by the leader by itself, and made into the beginning of a new cell. */
@NullMarked
package io.lockservice.server.backup;

import org.jspecify.annotations.NullMarked;
