/** What the values that client and cell exchange promise. */
@NullMarked
package io.lockservice.api;

import org.jspecify.annotations.NullMarked;
