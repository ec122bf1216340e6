/** Whether a history of calls and answers could have happened one after the other. */
@NullMarked
package io.lockservice.sim.linearizability;

import org.jspecify.annotations.NullMarked;
