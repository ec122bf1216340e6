/** Locks for programs: acquired with a session, told when lost, and every one with its token. */
@NullMarked
package io.lockservice.client.lock;

import org.jspecify.annotations.NullMarked;
