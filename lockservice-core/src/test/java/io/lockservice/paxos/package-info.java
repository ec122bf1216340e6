/** Tests of consensus alone, without a state machine. */
@NullMarked
package io.lockservice.paxos;

import org.jspecify.annotations.NullMarked;
