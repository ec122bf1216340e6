@NullMarked
package io.lockservice.paxos;

import org.jspecify.annotations.NullMarked;
