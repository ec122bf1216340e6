/** What replicas say to each other travels here: a clustered Vert.x event bus, treated as a lossy datagram service. */
@NullMarked
package io.lockservice.server.bus;

import org.jspecify.annotations.NullMarked;
