/** Commands about files, directories and their events. */
@NullMarked
package io.lockservice.client.cli.node;

import org.jspecify.annotations.NullMarked;
