/** What the public contract, and the paper, say of the copies that clients keep, asked of a real cell over HTTP. */
@NullMarked
package io.lockservice.server.caching;

import org.jspecify.annotations.NullMarked;
