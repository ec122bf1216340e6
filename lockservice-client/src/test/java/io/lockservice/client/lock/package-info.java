/** Tests of the locks. */
@NullMarked
package io.lockservice.client.lock;

import org.jspecify.annotations.NullMarked;
