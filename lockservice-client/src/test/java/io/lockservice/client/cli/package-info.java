/** The command line against a real cell in this process, and its jar as a process of its own. */
@NullMarked
package io.lockservice.client.cli;

import org.jspecify.annotations.NullMarked;
