/** What is registered in the cell, as one replica knows it: kept in memory beside the state, for all doors to read. */
@NullMarked
package io.lockservice.server.registry;

import org.jspecify.annotations.NullMarked;
