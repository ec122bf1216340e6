/** Programs that measure a cell, one way of asking against another. */
@NullMarked
package io.lockservice.server.bench;

import org.jspecify.annotations.NullMarked;
