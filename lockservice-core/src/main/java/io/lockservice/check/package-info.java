/** Checks that stay on in production. */
@NullMarked
package io.lockservice.check;

import org.jspecify.annotations.NullMarked;
