package io.lockservice.client.fake;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The locks of the fake cell: one holder each, a queue, and tokens that grow. */
final class FakeLocks {
    private final Map<String, Lock> locks = new HashMap<>();
    private final Map<String, Integer> done = new HashMap<>();
    private long tokens;

    void count(String what) {
        done.merge(what, 1, Integer::sum);
    }

    int done(String what) {
        return done.getOrDefault(what, 0);
    }

    @Nullable
    String holder(String name) {
        Grant grant = lock(name).grant;
        return grant == null ? null : grant.session;
    }

    List<String> waiters(String name) {
        return lock(name).queue.stream().map(waiter -> waiter.session).toList();
    }

    boolean isFreeFor(String name, String session) {
        String holder = holder(name);
        return holder == null || holder.equals(session);
    }

    /** Grants at once or queues; asked again by a waiting session, the place stays and the new answer is used. */
    void acquire(String name, String session, String note, Consumer<JsonObject> granted) {
        Lock lock = lock(name);
        if (lock.grant != null && lock.grant.session.equals(session)) {
            granted.accept(lock.grant.json(name));
            return;
        }
        for (Waiter waiter : lock.queue) {
            if (waiter.session.equals(session)) {
                waiter.granted = granted;
                return;
            }
        }
        lock.queue.add(new Waiter(session, note, granted));
        grantNext(name, lock);
    }

    boolean release(String name, String session) {
        Lock lock = lock(name);
        if (lock.grant != null && lock.grant.session.equals(session)) {
            count("release " + name);
            lock.grant = null;
            grantNext(name, lock);
            return true;
        }
        return lock.queue.removeIf(waiter -> waiter.session.equals(session));
    }

    void sessionEnded(String session) {
        for (String name : List.copyOf(locks.keySet())) {
            lock(name).queue.removeIf(waiter -> waiter.session.equals(session));
            release(name, session);
        }
    }

    boolean isValid(String sequencer) {
        return locks.values().stream()
                .anyMatch(lock -> lock.grant != null && sequencer.equals("token-" + lock.grant.token));
    }

    JsonObject state(String name) {
        JsonArray holders = new JsonArray();
        Grant grant = lock(name).grant;
        if (grant != null) {
            holders.add(new JsonObject()
                    .put("session", grant.session)
                    .put("client", "client of " + grant.session)
                    .put("mode", "exclusive")
                    .put("token", grant.token)
                    .put("heldMs", 1)
                    .put("note", grant.note));
        }
        return new JsonObject().put("name", name).put("holders", holders);
    }

    /** The locks whose names begin so and that somebody holds. */
    JsonObject below(String prefix) {
        JsonArray held = new JsonArray();
        locks.keySet().stream()
                .filter(name -> name.startsWith(prefix) && holder(name) != null)
                .sorted()
                .forEach(name -> held.add(state(name)));
        return new JsonObject().put("locks", held);
    }

    private void grantNext(String name, Lock lock) {
        Iterator<Waiter> queue = lock.queue.iterator();
        if (lock.grant == null && queue.hasNext()) {
            Waiter next = queue.next();
            queue.remove();
            tokens++;
            count("grant " + name);
            lock.grant = new Grant(next.session, tokens, next.note);
            next.granted.accept(lock.grant.json(name));
        }
    }

    private Lock lock(String name) {
        return locks.computeIfAbsent(name, ignored -> new Lock());
    }

    private static final class Lock {
        private final List<Waiter> queue = new ArrayList<>();
        private @Nullable Grant grant;
    }

    private record Grant(String session, long token, String note) {
        JsonObject json(String name) {
            return new JsonObject()
                    .put("name", name)
                    .put("mode", "exclusive")
                    .put("session", session)
                    .put("token", token)
                    .put("sequencer", "token-" + token);
        }
    }

    private static final class Waiter {
        private final String session;
        private final String note;
        private Consumer<JsonObject> granted;

        Waiter(String session, String note, Consumer<JsonObject> granted) {
            this.session = session;
            this.note = note;
            this.granted = granted;
        }
    }
}
