@NullMarked
package io.lockservice.replica.restore;

import org.jspecify.annotations.NullMarked;
