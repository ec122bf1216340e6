/** Rules that the whole repository keeps. */
@NullMarked
package io.lockservice.rules;

import org.jspecify.annotations.NullMarked;
