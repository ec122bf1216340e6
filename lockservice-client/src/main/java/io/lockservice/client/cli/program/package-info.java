/** How a command runs a program of somebody else, and ends it with all that it started. */
@NullMarked
package io.lockservice.client.cli.program;

import org.jspecify.annotations.NullMarked;
