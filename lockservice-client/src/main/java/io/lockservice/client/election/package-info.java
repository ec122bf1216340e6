/** Leader election for programs: told when elected, told to stop before anybody else can be. */
@NullMarked
package io.lockservice.client.election;

import org.jspecify.annotations.NullMarked;
