/** Tests of the elections. */
@NullMarked
package io.lockservice.client.election;

import org.jspecify.annotations.NullMarked;
