@NullMarked
package io.lockservice.server.http.json;

import org.jspecify.annotations.NullMarked;
