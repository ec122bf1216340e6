/** For those who want to know what a client does: metrics, tracing. */
@NullMarked
package io.lockservice.client.observe;

import org.jspecify.annotations.NullMarked;
