/** The command line {@code lockctl}. Needs picocli, which the runnable jar brings along. */
@NullMarked
package io.lockservice.client.cli;

import org.jspecify.annotations.NullMarked;
