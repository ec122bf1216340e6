package io.lockservice.cell.table;

import io.lockservice.api.Name;
import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All nodes by name, in name order: all that is below a node stands together. Beside them the names of the locks in use,
 * which follow from the nodes.
 */
public final class Namespace {
    /** What follows '/': a node's name with it stands just behind all that is below the node. */
    private static final String BEYOND = "0";

    private final Name root;
    private final TreeMap<Name, Node> nodes = new TreeMap<>();
    private final TreeSet<Name> locksInUse = new TreeSet<>();
    private long sum;
    private @Nullable Copy copy;
    private @Nullable Map<Name, Optional<Node>> undo;

    /** A name space with nothing but its root directory. */
    public Namespace(String cell) {
        root = Name.root(cell);
        put(Node.directory(root, null, 0));
    }

    public Name root() {
        return root;
    }

    public boolean isRoot(Name name) {
        return name.equals(root);
    }

    @Nullable
    public Node find(Name name) {
        return nodes.get(name);
    }

    /** The node at {@code name}, which the caller knows to be there. */
    public Node at(Name name) {
        return Check.present(nodes.get(name), "a node that must exist is missing");
    }

    /** Adds or replaces a node. The caller keeps the parent right. */
    public void put(Node node) {
        Node before = nodes.put(node.name(), node);
        changed(node.name(), before);
        sum += node.hash() - (before == null ? 0 : before.hash());
        if (node.lock().isInUse()) {
            locksInUse.add(node.name());
        } else {
            locksInUse.remove(node.name());
        }
    }

    /** Takes a node out. The caller keeps the parent right. */
    public void remove(Name name) {
        Node gone = Check.present(nodes.remove(name), "only a node that is there can go");
        sum -= gone.hash();
        changed(name, gone);
        locksInUse.remove(name);
    }

    private void changed(Name name, @Nullable Node before) {
        if (copy != null) {
            copy.changed(name, before);
        }
        if (undo != null) {
            undo.putIfAbsent(name, Optional.ofNullable(before));
        }
    }

    /** From now on it is noted what was where, until {@link #endNotes}. */
    public void beginNotes() {
        Check.that(undo == null, "one at a time");
        undo = new LinkedHashMap<>();
    }

    /** What was at each name that has changed since {@link #beginNotes}. */
    public Map<Name, Optional<Node>> endNotes() {
        Map<Name, Optional<Node>> notes = Check.present(undo, "notes that were begun");
        undo = null;
        return notes;
    }

    /** The names of {@code top} and all below it, the deepest first. */
    public List<Name> subtree(Name top) {
        List<Name> names = new ArrayList<>(
                nodes.subMap(top.child(""), true, beyond(top), false).descendingKeySet());
        names.add(top);
        return names;
    }

    /**
     * Direct children of a directory in name order. Jumps over what is below them, so the cost does not depend on it.
     *
     * @param after where to go on: a last component, or empty for the start
     * @param limit the most nodes to return
     */
    public List<Node> children(Name directory, String after, int limit) {
        List<Node> children = new ArrayList<>();
        Name found = nodes.higherKey(directory.child(after));
        while (children.size() < limit && found != null && directory.isAbove(found)) {
            int slash = found.path().indexOf('/', directory.path().length() + 1);
            if (slash < 0) {
                children.add(at(found));
                found = nodes.higherKey(found);
            } else {
                found = nodes.ceilingKey(beyond(new Name(found.path().substring(0, slash))));
            }
        }
        return children;
    }

    /** Names of the locks in use at or below {@code prefix} and after {@code after}, in name order. */
    public Stream<Name> locksInUse(Name prefix, @Nullable Name after) {
        Name first = prefix.child("");
        Name end = beyond(prefix);
        if (after == null || after.compareTo(first) < 0) {
            boolean topFirst = locksInUse.contains(prefix) && (after == null || after.compareTo(prefix) < 0);
            return Stream.concat(topFirst ? Stream.of(prefix) : Stream.empty(), locksInUse.subSet(first, end).stream());
        }
        return after.compareTo(end) < 0 ? locksInUse.subSet(after, false, end, false).stream() : Stream.empty();
    }

    private static Name beyond(Name name) {
        return new Name(name.path() + BEYOND);
    }

    public Collection<Node> nodes() {
        return Collections.unmodifiableCollection(nodes.values());
    }

    public int size() {
        return nodes.size();
    }

    /** Begins a copy of all nodes as they are now; an earlier copy that is not complete never will be. */
    public Copy copy() {
        Copy begun = new Copy();
        copy = begun;
        return begun;
    }

    /**
     * All nodes as they were at one moment, gathered bit by bit while they change: what changes ahead of the copying is
     * remembered as it was ("Paxos Made Live", section 5.5: a shadow).
     */
    public final class Copy {
        private final List<Node> copied = new ArrayList<>(nodes.size());
        /** Nodes that have changed, as they were; empty: there was none. */
        private final TreeMap<Name, Optional<Node>> before = new TreeMap<>();

        private @Nullable Name last;

        private void changed(Name name, @Nullable Node was) {
            if (last == null || name.compareTo(last) > 0) {
                before.putIfAbsent(name, Optional.ofNullable(was));
            }
        }

        /** Copies up to {@code most} nodes more; returns whether that were all. */
        public boolean advance(int most) {
            Iterator<Node> ahead =
                    (last == null ? nodes : nodes.tailMap(last, false)).values().iterator();
            Node next = ahead.hasNext() ? ahead.next() : null;
            for (int i = 0; i < most; i++) {
                Name changed = before.isEmpty() ? null : before.firstKey();
                if (changed != null && (next == null || changed.compareTo(next.name()) <= 0)) {
                    last = changed;
                    before.pollFirstEntry().getValue().ifPresent(copied::add);
                    if (next != null && next.name().equals(changed)) {
                        next = ahead.hasNext() ? ahead.next() : null;
                    }
                } else if (next != null) {
                    last = next.name();
                    copied.add(next);
                    next = ahead.hasNext() ? ahead.next() : null;
                } else {
                    copy = copy == this ? null : copy;
                    return true;
                }
            }
            return false;
        }

        /** The nodes in name order, once all are copied. */
        public List<Node> nodes() {
            return copied;
        }
    }

    public int lockCount() {
        return locksInUse.size();
    }

    /** The sum of the hashes of all nodes. */
    public long sum() {
        return sum;
    }

    /** {@link #sum} from the nodes themselves, contents included. */
    public long recomputedSum() {
        return nodes.values().stream().mapToLong(Node::recomputedHash).sum();
    }
}
