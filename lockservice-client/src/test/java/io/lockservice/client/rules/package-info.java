/** Rules that the client keeps. */
@NullMarked
package io.lockservice.client.rules;

import org.jspecify.annotations.NullMarked;
