/** Services by name: who offers one, and where. What a program registers stays registered; what it resolves stays known. */
@NullMarked
package io.lockservice.client.registry;

import org.jspecify.annotations.NullMarked;
