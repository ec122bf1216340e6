/** Tests of {@link io.lockservice.log}. */
@NullMarked
package io.lockservice.log;

import org.jspecify.annotations.NullMarked;
