package io.lockservice.server.registry;

import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything, read once: the directories, what is in them, the files. What changes meanwhile is followed from where it began.
 *
 * <p>Threading: the event loop of the replica.
 */
final class FirstReading {
    private static final int PAGE = 1_000;

    private final RegistryFiles files;
    private final Consumer<Found> then;
    private final Deque<Name> services = new ArrayDeque<>();
    private final List<Name> instances = new ArrayList<>();
    private final Set<Name> hidden = new HashSet<>();
    private @Nullable Registrations found;
    private long fromRevision;

    /**
     * What was found.
     *
     * @param registrations all that everybody may read
     * @param hidden services whose directories not everybody may read
     * @param revision nothing is older than this, and some may be newer
     */
    record Found(Registrations registrations, Set<Name> hidden, long revision) {}

    FirstReading(RegistryFiles files, Consumer<Found> then) {
        this.files = files;
        this.then = then;
    }

    void start() {
        services("");
    }

    private void services(String after) {
        files.ask(new Request.ListChildren(files.root(), PAGE, after), (answer, reply) -> {
            if (found == null) {
                fromRevision = answer.revision();
                found = new Registrations(fromRevision);
            }
            if (reply instanceof Reply.Children page) {
                page.children().stream().map(Stat::name).forEach(name -> services.add(new Name(name)));
                if (page.next() != null) {
                    services(page.next());
                    return;
                }
            } else if (!Refusals.isNothingThere(reply)) {
                files.fail();
                return;
            }
            nextService();
        });
    }

    private void nextService() {
        Name service = services.poll();
        if (service == null) {
            finish();
        } else {
            instances(service, "");
        }
    }

    private void instances(Name service, String after) {
        files.ask(new Request.ListChildren(service, PAGE, after), (answer, reply) -> {
            if (reply instanceof Reply.Children page) {
                page.children().stream().map(Stat::name).forEach(name -> instances.add(new Name(name)));
                if (page.next() != null) {
                    instances(service, page.next());
                    return;
                }
            } else if (Refusals.isDenied(reply)) {
                hidden.add(service);
            } else if (!Refusals.isNothingThere(reply)) {
                files.fail();
                return;
            }
            nextService();
        });
    }

    private void finish() {
        Registrations complete = found;
        if (complete == null) {
            files.fail();
            return;
        }
        files.read(instances, complete, fromRevision, () -> then.accept(new Found(complete, hidden, fromRevision)));
    }
}
