/** Requests that come one after the other over HTTP connections, and their bodies. */
@NullMarked
package io.lockservice.server.http.connection;

import org.jspecify.annotations.NullMarked;
