/** JSON as it is said and read at the doors: strict in, the order of fields fixed out, no reflection. */
@NullMarked
package io.lockservice.server.http.json;

import org.jspecify.annotations.NullMarked;
