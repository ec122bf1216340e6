/** Checkpoints as files: written in one go off the event loop, verified, kept, read back, sent in chunks. */
@NullMarked
package io.lockservice.server.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
