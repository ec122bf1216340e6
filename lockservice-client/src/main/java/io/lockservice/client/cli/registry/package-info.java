/** Commands about services by name. */
@NullMarked
package io.lockservice.client.cli.registry;

import org.jspecify.annotations.NullMarked;
