/** How a new cell begins, and how a replica that knows no cell finds the one it belongs to. */
@NullMarked
package io.lockservice.founding;

import org.jspecify.annotations.NullMarked;
