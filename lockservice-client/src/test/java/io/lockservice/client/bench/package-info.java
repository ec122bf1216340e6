/** Measures a cell from outside, over HTTP, with as little of its own work as it can. */
@NullMarked
package io.lockservice.client.bench;

import org.jspecify.annotations.NullMarked;
