@NullMarked
package io.lockservice.server.bus;

import org.jspecify.annotations.NullMarked;
