/** {@code /v1/services}: the name registry over HTTP. */
@NullMarked
package io.lockservice.server.http.services;

import org.jspecify.annotations.NullMarked;
