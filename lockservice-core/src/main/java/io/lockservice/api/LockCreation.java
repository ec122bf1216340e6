package io.lockservice.api;

import java.util.Locale;

/** What acquiring a lock does when its node does not exist. */
public enum LockCreation {
    /** Make a node that goes when nobody holds or waits for the lock. */
    EPHEMERAL,
    /** Make a node that stays. */
    PERMANENT,
    /** Refuse with {@link ProblemCode#NO_SUCH_NODE}. */
    NEVER;

    /** The name used in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
