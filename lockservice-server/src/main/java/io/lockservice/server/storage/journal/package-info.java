/** The journal: preallocated segments of batches, each batch all or nothing, one sync for each. See {@code docs/formats.md}. */
@NullMarked
package io.lockservice.server.storage.journal;

import org.jspecify.annotations.NullMarked;
