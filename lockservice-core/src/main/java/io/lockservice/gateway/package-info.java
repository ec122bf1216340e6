/** The calls of a replica's own clients, on their way to whoever leads and back. */
@NullMarked
package io.lockservice.gateway;

import org.jspecify.annotations.NullMarked;
