/** What a client does, for Micrometer. Needs {@code io.micrometer:micrometer-core}. */
@NullMarked
package io.lockservice.client.metrics;

import org.jspecify.annotations.NullMarked;
