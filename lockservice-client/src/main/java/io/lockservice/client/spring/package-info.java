/** Locks of the cell for Spring Integration. Needs {@code org.springframework.integration:spring-integration-core}, 7.x. */
@NullMarked
package io.lockservice.client.spring;

import org.jspecify.annotations.NullMarked;
