/**
 * What operators are paged for: read from the parts when somebody asks, so that it costs them nothing until then. The list is
 * in {@code docs/metrics.md}.
 */
@NullMarked
package io.lockservice.server.metrics;

import org.jspecify.annotations.NullMarked;
