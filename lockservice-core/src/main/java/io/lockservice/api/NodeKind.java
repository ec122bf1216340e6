package io.lockservice.api;

import java.util.Locale;

/** What a node is. Every node of either kind is also a lock. */
public enum NodeKind {
    /** Has content, no children. */
    FILE,
    /** Has children, no content. */
    DIRECTORY;

    /** The name used in JSON. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
