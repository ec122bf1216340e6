/** What the public contract says of sessions, locks, files and events, sentence by sentence, asked of a real cell over HTTP. */
@NullMarked
package io.lockservice.server.contract;

import org.jspecify.annotations.NullMarked;
