package io.lockservice.client.node;

import io.lockservice.api.Stat;
import java.util.List;

/**
 * What is in a directory.
 *
 * @param stat the directory
 * @param children the stats of what is directly in it, in the order of their names
 */
public record Directory(Stat stat, List<Stat> children) {
    /** Keeps a copy. */
    public Directory {
        children = List.copyOf(children);
    }

    /** The last components of the children's names, in order. */
    public List<String> names() {
        return children.stream()
                .map(child -> child.name().substring(child.name().lastIndexOf('/') + 1))
                .toList();
    }
}
