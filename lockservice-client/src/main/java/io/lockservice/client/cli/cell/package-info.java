/** Commands about the cell itself: its members, backups, how fast it is. */
@NullMarked
package io.lockservice.client.cli.cell;

import org.jspecify.annotations.NullMarked;
