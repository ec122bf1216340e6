/** What programs agree on beside locks, mostly against a real cell. */
@NullMarked
package io.lockservice.client.coordination;

import org.jspecify.annotations.NullMarked;
