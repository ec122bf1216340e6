/** Guards, filters, and the accident that they prevent. */
@NullMarked
package io.lockservice.client.fencing;

import org.jspecify.annotations.NullMarked;
