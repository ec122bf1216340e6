/** Files and directories: handles, reads and writes, and copies of what was read that are never old. */
@NullMarked
package io.lockservice.client.node;

import org.jspecify.annotations.NullMarked;
