@NullMarked
package io.lockservice.server.backup;

import org.jspecify.annotations.NullMarked;
