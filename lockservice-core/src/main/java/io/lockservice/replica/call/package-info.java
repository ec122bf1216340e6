/** The ways by which clients' calls come to a replica. */
@NullMarked
package io.lockservice.replica.call;

import org.jspecify.annotations.NullMarked;
