/** Locks of threads against a real cell. */
@NullMarked
package io.lockservice.client.threadlock;

import org.jspecify.annotations.NullMarked;
