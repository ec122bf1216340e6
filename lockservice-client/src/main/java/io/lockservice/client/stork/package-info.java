/** The cell's registry of names for SmallRye Stork. Needs {@code io.smallrye.stork:stork-api}, 2.7.9 or a later 2.x. */
@NullMarked
package io.lockservice.client.stork;

import org.jspecify.annotations.NullMarked;
