package io.lockservice.server.registry;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.driver.ReplicaPort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Reads the files that services are from the state of this replica, as everybody may read them. Whatever cannot be read makes
 * the reader fail as a whole, once for each time it is asked.
 *
 * <p>Threading: the event loop of the replica.
 */
final class RegistryFiles {
    private static final System.Logger LOG = System.getLogger(RegistryFiles.class.getName());
    private static final long CALL_TIMEOUT_MS = 5_000;
    private static final int READS_AT_ONCE = 256;

    private final ReplicaPort port;
    private final Name root;
    private final Runnable failed;
    private boolean closed;

    /** Files below {@code root}; {@code failed} is called where a reading came to nothing. */
    RegistryFiles(ReplicaPort port, Name root, Runnable failed) {
        this.port = port;
        this.root = root;
        this.failed = failed;
    }

    /** Where services are. */
    Name root() {
        return root;
    }

    /** Calls nobody back any more. */
    void close() {
        closed = true;
    }

    /** The reading came to nothing. */
    void fail() {
        failed.run();
    }

    /** What everybody may read. */
    void ask(Request.Read what, BiConsumer<Answer, Reply> then) {
        ask(ClientCall.ANONYMOUS, what, then);
    }

    /** What {@code principal} may read. */
    void ask(String principal, Request.Read what, BiConsumer<Answer, Reply> then) {
        ClientCall call = new ClientCall(what, principal, null, null, null);
        port.call(call, CALL_TIMEOUT_MS, Long.MAX_VALUE, answer -> {
            if (closed) {
                return;
            }
            try {
                then.accept(answer, answer.reply());
            } catch (RuntimeException broken) {
                // Else it would stand still for good, and nobody would know.
                LOG.log(System.Logger.Level.ERROR, "the view of the services is read anew", broken);
                failed.run();
            }
        });
    }

    /** Reads these instances, many at a time, and has them in {@code into} as of {@code revision}. */
    void read(Collection<Name> instances, Registrations into, long revision, Runnable then) {
        readRest(new ArrayDeque<>(instances), into, revision, then);
    }

    private void readRest(Deque<Name> unread, Registrations into, long revision, Runnable then) {
        if (unread.isEmpty()) {
            then.run();
            return;
        }
        List<Name> names = new ArrayList<>();
        while (!unread.isEmpty() && names.size() < READS_AT_ONCE) {
            names.add(unread.remove());
        }
        Reading reading = new Reading(into, revision, names.size(), () -> readRest(unread, into, revision, then));
        names.forEach(reading::read);
    }

    /** Files that are read together. */
    private final class Reading {
        private final Registrations into;
        private final long revision;
        private final Runnable then;
        private int left;

        Reading(Registrations into, long revision, int files, Runnable then) {
            this.into = into;
            this.revision = revision;
            this.left = files;
            this.then = then;
        }

        void read(Name name) {
            ask(new Request.GetStat(name, true), (answer, reply) -> {
                if (left <= 0) {
                    return;
                }
                if (!(reply instanceof Reply.Node) && !Refusals.isNothingThere(reply)) {
                    left = 0;
                    failed.run();
                    return;
                }
                into.put(name, Registered.of(name, reply), revision);
                left--;
                if (left == 0) {
                    then.run();
                }
            });
        }
    }
}
