/** How a cell goes on from a backup. */
@NullMarked
package io.lockservice.replica.restore;

import org.jspecify.annotations.NullMarked;
