package io.lockservice.sim.linearizability;

/** What can happen to a lock. */
public sealed interface LockCall {
    /** Who. */
    String session();

    /** Acquire; the whole wait for it is one call. */
    record Acquire(String session, boolean shared) implements LockCall {}

    /** Release. */
    record Release(String session) implements LockCall {}

    /** The session ends: its lease runs out, or it is closed. */
    record End(String session) implements LockCall {}
}
