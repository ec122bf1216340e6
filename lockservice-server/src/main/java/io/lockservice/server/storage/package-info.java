/**
 * What a replica keeps on disk: its data directory, with the identity of whom it belongs to, and the journal of what an
 * acceptor must not forget. The layout, byte by byte, is in {@code docs/formats.md}.
 */
@NullMarked
package io.lockservice.server.storage;

import org.jspecify.annotations.NullMarked;
