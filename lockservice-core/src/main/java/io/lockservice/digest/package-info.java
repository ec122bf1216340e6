/** How replicas notice that their states differ: what each had behind the same slot, and what a majority of them had. */
@NullMarked
package io.lockservice.digest;

import org.jspecify.annotations.NullMarked;
