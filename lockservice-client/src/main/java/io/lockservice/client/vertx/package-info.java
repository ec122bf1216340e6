/** A verticle that runs on one instance of an application at a time, and calls by service name. Needs nothing beyond the client. */
@NullMarked
package io.lockservice.client.vertx;

import org.jspecify.annotations.NullMarked;
