package io.lockservice.api.event;

import io.lockservice.api.Stat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One change, a by-product of applying a command.
 *
 * @param revision the change's revision
 * @param index counts a revision's events from 1
 * @param type what happened
 * @param name the node, null for {@link Type#SESSION_EXPIRED}
 * @param stat the node afterwards, null where it is gone
 * @param session whose, where the type has one
 * @param token of the grant, 0 where the type has none
 */
public record Event(
        long revision,
        int index,
        Type type,
        @Nullable String name,
        @Nullable Stat stat,
        @Nullable String session,
        long token) {
    /** What can happen. */
    public enum Type {
        /** A node was made. */
        NODE_CREATED,
        /** A file was written. */
        CONTENT_CHANGED,
        /** A node is gone. */
        NODE_DELETED,
        /** The ACL names changed. */
        ACL_CHANGED,
        /** A lock was granted. */
        LOCK_ACQUIRED,
        /** A hold ended. */
        LOCK_RELEASED,
        /** Somebody wants a lock that others hold. */
        LOCK_REQUESTED,
        /** A session's lease ran out. */
        SESSION_EXPIRED;

        /** The name used in JSON. */
        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
