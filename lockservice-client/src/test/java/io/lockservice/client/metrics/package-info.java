/** What Micrometer is told. */
@NullMarked
package io.lockservice.client.metrics;

import org.jspecify.annotations.NullMarked;
