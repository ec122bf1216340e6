package io.lockservice.client.node;

import java.util.Locale;

/** What a handle can ask to be told, of its node and its direct children. */
public enum EventType {
    /** A child was made, or the node itself. */
    NODE_CREATED,
    /** A file has other content. */
    CONTENT_CHANGED,
    /** A child was deleted, or the node itself. */
    NODE_DELETED,
    /** A node names other ACLs. */
    ACL_CHANGED,
    /** Somebody got the lock. */
    LOCK_ACQUIRED,
    /** A lock is free. */
    LOCK_RELEASED,
    /** Somebody wants a lock that is held: a holder may give it up. */
    LOCK_REQUESTED;

    /** The name used in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
