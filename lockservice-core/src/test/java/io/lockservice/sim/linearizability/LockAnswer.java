package io.lockservice.sim.linearizability;

/** What a lock answers. */
public enum LockAnswer {
    /** The session holds it. */
    GRANTED,
    /** Others hold it, or the session does in another mode. */
    HELD,
    /** The session held it and no longer does. */
    RELEASED,
    /** The session does not hold it; a place in the queue may have been given up. */
    NOT_HELD
}
