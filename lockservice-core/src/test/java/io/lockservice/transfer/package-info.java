@NullMarked
package io.lockservice.transfer;

import org.jspecify.annotations.NullMarked;
