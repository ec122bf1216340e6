@NullMarked
package io.lockservice.server.http.exchange;

import org.jspecify.annotations.NullMarked;
