/** Tests of how a cell begins. */
@NullMarked
package io.lockservice.founding;

import org.jspecify.annotations.NullMarked;
