package io.lockservice.api;

import java.util.Locale;

/** What may be done through a handle; whether its holder may is looked at when it is opened (Burrows, section 2.3). */
public enum HandleMode {
    /** Reading content, stat, children, ACL names and the lock's state. */
    READ,
    /** Writing and deleting. */
    WRITE,
    /** Acquiring and releasing the lock; needs the right to write. */
    LOCK,
    /** Naming other ACLs. */
    CHANGE_ACL;

    /** The name used in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
