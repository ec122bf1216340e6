/** Tests of the transport. */
@NullMarked
package io.lockservice.client.transport;

import org.jspecify.annotations.NullMarked;
