/** Tests of how calls come to the leader. */
@NullMarked
package io.lockservice.gateway;

import org.jspecify.annotations.NullMarked;
