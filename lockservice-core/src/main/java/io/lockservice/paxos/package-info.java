/** Multi-Paxos with one distinguished proposer, over opaque values. */
@NullMarked
package io.lockservice.paxos;

import org.jspecify.annotations.NullMarked;
