/** The name registry as its users see it. */
@NullMarked
package io.lockservice.server.names;

import org.jspecify.annotations.NullMarked;
