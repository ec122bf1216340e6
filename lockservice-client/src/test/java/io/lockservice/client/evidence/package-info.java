/** What the registry of names shows while real processes are killed and stopped, compared with what is true. */
@NullMarked
package io.lockservice.client.evidence;

import org.jspecify.annotations.NullMarked;
