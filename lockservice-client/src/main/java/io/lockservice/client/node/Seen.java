package io.lockservice.client.node;

import io.lockservice.api.Content;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import org.jspecify.annotations.Nullable;

/** What a read showed, and what a copy is of. */
sealed interface Seen {
    /** How much of a node is asked for. */
    enum Part {
        /** Its metadata. */
        STAT,
        /** Content and metadata. */
        CONTENT,
        /** What is in it. */
        CHILDREN
    }

    /** Whether it says as much. */
    boolean tells(Part part);

    /** About how many bytes of the heap it takes, without its name. */
    long bytes();

    /** A node; {@code content} is null for a directory, and where it was not asked for. */
    record Node(Stat stat, @Nullable Content content) implements Seen {
        @Override
        public boolean tells(Part part) {
            return part == Part.STAT
                    || (part == Part.CONTENT && (content != null || stat.kind() == NodeKind.DIRECTORY));
        }

        @Override
        public long bytes() {
            return statBytes(stat) + (content == null ? 0 : content.length());
        }
    }

    /** A directory with all its children. */
    record Listing(Directory directory) implements Seen {
        @Override
        public boolean tells(Part part) {
            return part == Part.CHILDREN;
        }

        @Override
        public long bytes() {
            return directory.children().stream().mapToLong(Seen::statBytes).sum() + statBytes(directory.stat());
        }
    }

    /** There is no such node. */
    record Absent(LockServiceException problem) implements Seen {
        @Override
        public boolean tells(Part part) {
            return true;
        }

        @Override
        public long bytes() {
            return 500;
        }
    }

    private static long statBytes(Stat stat) {
        return 160 + 2L * stat.name().length();
    }
}
