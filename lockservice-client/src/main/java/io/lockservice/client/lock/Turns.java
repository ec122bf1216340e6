package io.lockservice.client.lock;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Who in this program may use the session's one hold of each name. The cell knows sessions only: without this, two
 * threads that share a session would both be told that they hold the lock. First come, first served; confined to the loop.
 */
final class Turns {
    private final Map<String, Deque<Runnable>> queues = new HashMap<>();

    /** Whether anybody has or waits for a turn. */
    boolean isTaken(String name) {
        return queues.containsKey(name);
    }

    /** Runs {@code go} when the turn for {@code name} has come, at once where nobody has it. */
    void enter(String name, Runnable go) {
        Deque<Runnable> queue = queues.computeIfAbsent(name, ignored -> new ArrayDeque<>());
        queue.add(go);
        if (queue.size() == 1) {
            go.run();
        }
    }

    /** Gives up the turn, or the place in the queue, that was entered with {@code go}; the next one runs. */
    void leave(String name, Runnable go) {
        Deque<Runnable> queue = queues.get(name);
        if (queue == null) {
            return;
        }
        boolean hadTurn = queue.peek() == go;
        queue.remove(go);
        if (queue.isEmpty()) {
            queues.remove(name);
        } else if (hadTurn) {
            queue.element().run();
        }
    }
}
