/** Commands about locks and sessions, and programs that run while a lock is held. */
@NullMarked
package io.lockservice.client.cli.lock;

import org.jspecify.annotations.NullMarked;
