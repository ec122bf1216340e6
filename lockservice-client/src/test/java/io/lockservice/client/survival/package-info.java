/** What a client goes through and survives: leaders that change, replicas that are away, processes that stop. */
@NullMarked
package io.lockservice.client.survival;

import org.jspecify.annotations.NullMarked;
