/** A verticle that runs on one instance of an application at a time. Needs nothing beyond the client. */
@NullMarked
package io.lockservice.client.vertx;

import org.jspecify.annotations.NullMarked;
