/** The load generator. */
@NullMarked
package io.lockservice.client.bench;

import org.jspecify.annotations.NullMarked;
