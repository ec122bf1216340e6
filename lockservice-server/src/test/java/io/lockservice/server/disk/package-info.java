/** Replicas with real drivers, journals and checkpoints in one process, on disks that are made slow, small or full. */
@NullMarked
package io.lockservice.server.disk;

import org.jspecify.annotations.NullMarked;
