/**
 * The DNS door: the registered services as names below {@code <cell>.ls.}, for resolvers that know nothing of this cell. What is
 * answered is worked out without sockets ({@link io.lockservice.server.dns.Replies}); messages are read and written by Netty.
 */
@NullMarked
package io.lockservice.server.dns;

import org.jspecify.annotations.NullMarked;
