/** The HTTP/JSON door: one class per resource over the small layer in {@code exchange}. */
@NullMarked
package io.lockservice.server.http;

import org.jspecify.annotations.NullMarked;
