/** Tests of {@link io.lockservice.session}. */
@NullMarked
package io.lockservice.session;

import org.jspecify.annotations.NullMarked;
