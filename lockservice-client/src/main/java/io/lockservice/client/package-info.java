/**
 * The Java client: it finds the cell's leader, repeats calls without doing them twice, and keeps sessions alive (Burrows,
 * section 2.8). Locks and elections are built on it in {@code client.lock} and {@code client.election}.
 */
@NullMarked
package io.lockservice.client;

import org.jspecify.annotations.NullMarked;
