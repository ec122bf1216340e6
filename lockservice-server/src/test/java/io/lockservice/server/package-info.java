/** A replica as a whole, and the rules its packages keep. */
@NullMarked
package io.lockservice.server;

import org.jspecify.annotations.NullMarked;
