/** Reads what the cell says of nodes. */
@NullMarked
package io.lockservice.client.json;

import org.jspecify.annotations.NullMarked;
