package io.lockservice.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Things that are due at a time, in nanoseconds; what is due together comes in the order in which it was put. */
final class Deadlines<K> {
    private final Map<K, Long> dueOf = new HashMap<>();
    private final TreeMap<Long, LinkedHashSet<K>> keysDue = new TreeMap<>();

    /** Sets when {@code key} is due, in the place of an earlier time. */
    void put(K key, long dueNanos) {
        remove(key);
        dueOf.put(key, dueNanos);
        keysDue.computeIfAbsent(dueNanos, due -> new LinkedHashSet<>()).add(key);
    }

    /** Forgets {@code key}. */
    void remove(K key) {
        Long due = dueOf.remove(key);
        if (due != null) {
            LinkedHashSet<K> keys = keysDue.get(due);
            if (keys != null && keys.remove(key) && keys.isEmpty()) {
                keysDue.remove(due);
            }
        }
    }

    /** When {@code key} is due, null where it is not here. */
    @Nullable
    Long dueNanos(K key) {
        return dueOf.get(key);
    }

    /** Removes and returns up to {@code limit} keys that are due at {@code nowNanos}, the earliest first. */
    List<K> takeDue(long nowNanos, int limit) {
        List<K> taken = new ArrayList<>();
        while (taken.size() < limit && !keysDue.isEmpty() && keysDue.firstKey() <= nowNanos) {
            K key = keysDue.firstEntry().getValue().iterator().next();
            remove(key);
            taken.add(key);
        }
        return taken;
    }

    void clear() {
        dueOf.clear();
        keysDue.clear();
    }
}
