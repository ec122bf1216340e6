/** What a replica knows of the others in its cell. */
@NullMarked
package io.lockservice.replica.peers;

import org.jspecify.annotations.NullMarked;
