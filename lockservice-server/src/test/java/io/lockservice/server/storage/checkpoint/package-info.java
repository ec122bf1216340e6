@NullMarked
package io.lockservice.server.storage.checkpoint;

import org.jspecify.annotations.NullMarked;
