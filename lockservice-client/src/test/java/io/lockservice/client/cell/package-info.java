/** The client against a real cell in the same process: real sockets, real clocks. */
@NullMarked
package io.lockservice.client.cell;

import org.jspecify.annotations.NullMarked;
