/** What all commands share: where they print, which cell they ask, how they fail. */
@NullMarked
package io.lockservice.client.cli.shell;

import org.jspecify.annotations.NullMarked;
