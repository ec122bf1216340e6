/** Round trips of every type, and damaged bytes. */
@NullMarked
package io.lockservice.api.codec;

import org.jspecify.annotations.NullMarked;
