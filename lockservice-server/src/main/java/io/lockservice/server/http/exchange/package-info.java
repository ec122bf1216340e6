/** One HTTP request and its reply: strict reading, calling the replica, writing JSON and problems. */
@NullMarked
package io.lockservice.server.http.exchange;

import org.jspecify.annotations.NullMarked;
