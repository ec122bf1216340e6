@NullMarked
package io.lockservice.server.http;

import org.jspecify.annotations.NullMarked;
