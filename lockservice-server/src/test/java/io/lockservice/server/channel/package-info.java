/** The channel against a real cell, as docs/channel.md has it. */
@NullMarked
package io.lockservice.server.channel;

import org.jspecify.annotations.NullMarked;
