/** How a replica that lags behind the log of its peers gets a checkpoint from one of them, chunk by chunk. */
@NullMarked
package io.lockservice.transfer;

import org.jspecify.annotations.NullMarked;
