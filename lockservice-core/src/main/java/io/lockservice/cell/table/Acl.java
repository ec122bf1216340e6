package io.lockservice.cell.table;

import org.jspecify.annotations.Nullable;

/**
 * The names of a node's three ACLs (Burrows, section 2.3); null allows everybody.
 *
 * @param read who may read the node
 * @param write who may write it and acquire its lock
 * @param change who may name other ACLs
 */
public record Acl(
        @Nullable String read,
        @Nullable String write,
        @Nullable String change) {
    /** Allows everybody everything. */
    public static final Acl OPEN = new Acl(null, null, null);

    /** What one may want to do with a node. */
    public enum Right {
        /** See it. */
        READ,
        /** Write or delete it, make a child, acquire its lock. */
        WRITE,
        /** Name other ACLs, release its lock by force. */
        CHANGE
    }

    /** The name of the ACL that grants {@code right}; null where everybody has it. */
    public @Nullable String of(Right right) {
        return switch (right) {
            case READ -> read;
            case WRITE -> write;
            case CHANGE -> change;
        };
    }
}
