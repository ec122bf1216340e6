@NullMarked
package io.lockservice.replica;

import org.jspecify.annotations.NullMarked;
