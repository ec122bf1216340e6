package io.lockservice.server.registry;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.server.driver.ReplicaPort;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The services that are registered, as the state of this replica says: read once, and then kept by following its changes, so
 * that asking costs a lookup. What is unreadable for everybody, or is no registration, is not in it.
 *
 * <p>Threading: everything on the event loop of the replica.
 */
public final class ServiceView {
    private static final long RETRY_MS = 100;
    private static final int EVENTS_PAGE = 500;
    private static final Set<Event.Type> CHANGES = EnumSet.of(
            Event.Type.NODE_CREATED, Event.Type.CONTENT_CHANGED, Event.Type.NODE_DELETED, Event.Type.ACL_CHANGED);

    private final ReplicaPort port;
    private final Context context;
    private final RegistryFiles files;
    private final Name root;
    private final Name acls;
    private final Map<Name, Set<Runnable>> watchers = new HashMap<>();
    private final Deque<Runnable> caughtUp = new ArrayDeque<>();
    private Set<Name> hidden = new HashSet<>();
    private @Nullable Registrations registrations;
    private EventPosition seen = EventPosition.START;
    private long seenRevision;
    private boolean working;
    private boolean happened;
    private boolean reload = true;
    private boolean closed;
    private Runnable endWatch = () -> {};
    private Runnable endAclWatch = () -> {};

    /**
     * A view that is empty until {@link #start}.
     *
     * @param port the replica
     * @param context the replica's event loop
     * @param cell the cell's name
     */
    public ServiceView(ReplicaPort port, Context context, String cell) {
        this.port = port;
        this.context = context;
        this.root = Name.root(cell).child("services");
        this.files = new RegistryFiles(port, root, this::failed);
        this.acls = Name.root(cell).child("acl");
    }

    /** Begins to read and to follow. */
    public void start() {
        context.runOnContext(here -> {
            endWatch = port.watch(all(root, seen), this::happened);
            endAclWatch = port.watch(all(acls, seen), () -> {
                // Who may read what may have changed, of any of them.
                reload = true;
                happened();
            });
            work();
        });
    }

    /** Follows no more. */
    public void close() {
        context.runOnContext(here -> {
            closed = true;
            files.close();
            endWatch.run();
            endAclWatch.run();
        });
    }

    /** Where services are. */
    public Name root() {
        return root;
    }

    /** Whether it has been read: until then nothing is known of any service. */
    public boolean isReady() {
        return registrations != null;
    }

    /** All that happened up to this revision is in it, and maybe more. */
    public long revision() {
        return seenRevision;
    }

    /** The instances of a service in the order of their names, none where nobody registered: the same list until one changes. */
    public List<Registered> instances(String service) {
        return known().of(root.child(service));
    }

    /**
     * The instances of all services whose name is this DNS label, as {@link DnsLabel#fold} has it; DNS does not know {@code Web}
     * from {@code web}. The same list until one of them changes.
     */
    public List<Registered> labelled(String label) {
        return registrations == null ? List.of() : registrations.labelled(label);
    }

    /** How many instances there are of each service, by the names of their directories; {@code after} one of them or null. */
    public NavigableMap<Name, Integer> counts(@Nullable Name after) {
        return known().counts(after);
    }

    /** Whether the service may have changed after {@code revision}. */
    public boolean hasChangedSince(String service, long revision) {
        return known().changedRevision(root.child(service)) > revision;
    }

    private Registrations known() {
        return registrations == null ? new Registrations(0) : registrations;
    }

    /** Calls {@code changed} after each change of a service until what is returned is run; both on the event loop. */
    public Runnable watch(String service, Runnable changed) {
        Name name = root.child(service);
        watchers.computeIfAbsent(name, none -> new LinkedHashSet<>()).add(changed);
        return () -> {
            Set<Runnable> here = watchers.get(name);
            if (here != null && here.remove(changed) && here.isEmpty()) {
                watchers.remove(name);
            }
        };
    }

    /**
     * Calls {@code then} on the event loop once all that happened up to {@code revision} is in the view; at once where it is.
     *
     * @return forgets it, where it has not been called
     */
    public Runnable whenSeen(long revision, Runnable then) {
        if (isReady() && seenRevision >= revision) {
            then.run();
            return () -> {};
        }
        Waiting waiting = new Waiting(revision, then);
        waiting.forget = port.whenApplied(revision, waiting::applied);
        return waiting::cancel;
    }

    /** Somebody who waits for a revision: first until it is applied, then until what came with it was read. */
    private final class Waiting {
        private final long revision;
        private final Runnable then;
        private Runnable forget = () -> {};
        private boolean over;

        Waiting(long revision, Runnable then) {
            this.revision = revision;
            this.then = then;
        }

        void applied() {
            if (!over && isReady() && seenRevision >= revision) {
                over = true;
                then.run();
            } else if (!over && !closed) {
                caughtUp.add(this::applied);
                happened();
            }
        }

        void cancel() {
            over = true;
            forget.run();
        }
    }

    private void happened() {
        happened = true;
        work();
    }

    /** One thing after the other, each begun when the one before is done. */
    private void work() {
        if (working || closed) {
            return;
        }
        working = true;
        if (reload) {
            reload = false;
            load();
        } else if (happened) {
            happened = false;
            follow();
        } else {
            working = false;
        }
    }

    private void done() {
        working = false;
        work();
    }

    /** Nothing is lost: what was not understood is read anew. */
    private void failed() {
        working = false;
        reload = true;
        if (!closed) {
            context.owner().setTimer(RETRY_MS, due -> work());
        }
    }

    private void load() {
        new FirstReading(files, found -> {
                    registrations = found.registrations();
                    hidden = found.hidden();
                    seen = EventPosition.after(found.revision());
                    seenRevision = found.revision();
                    happened = true;
                    tell(List.copyOf(watchers.keySet()));
                    done();
                    tellWaiting();
                })
                .start();
    }

    // Following

    private void follow() {
        Registrations into = known();
        // That somebody may no longer read an instance is told to nobody who may not.
        files.ask(ClientCall.REPLICA, all(root, seen), (answer, reply) -> {
            if (!(reply instanceof Reply.EventPage page)) {
                // Events that are no longer kept: it was away for long, or has its state from a checkpoint.
                failed();
                return;
            }
            Set<Name> touched = new LinkedHashSet<>();
            page.events().forEach(event -> touch(event, touched));
            if (reload) {
                // Nothing of this page is seen before it is known again who may read what.
                done();
                return;
            }
            files.read(touched, into, page.end().revision(), () -> {
                seen = page.end();
                // Not every revision has events.
                seenRevision = page.complete()
                        ? Math.max(answer.revision(), seenRevision)
                        : page.end().revision();
                happened |= !page.complete();
                tell(touched.stream().map(Registrations::service).distinct().toList());
                done();
                tellWaiting();
            });
        });
    }

    /** Each event counts as a change, whatever was read: that may have been ahead of the event, and of what others saw. */
    private void tell(List<Name> services) {
        services.forEach(
                each -> List.copyOf(watchers.getOrDefault(each, Set.of())).forEach(Runnable::run));
    }

    private void tellWaiting() {
        List<Runnable> waiting = List.copyOf(caughtUp);
        caughtUp.clear();
        waiting.forEach(Runnable::run);
    }

    private void touch(Event event, Set<Name> touched) {
        if (event.name() == null || !CHANGES.contains(event.type())) {
            return;
        }
        Name name = new Name(event.name());
        Name above = name.parent();
        if ((root.equals(above) || root.equals(name)) && event.type() == Event.Type.ACL_CHANGED) {
            // What is in a directory that not everybody may read is hidden, and shows again with it.
            reload = true;
        } else if (root.equals(above)) {
            hidden.remove(name);
        } else if (above != null && root.equals(above.parent()) && !hidden.contains(above)) {
            touched.add(name);
        }
    }

    private static Request.ReadEvents all(Name name, EventPosition from) {
        return new Request.ReadEvents(name, true, from, EVENTS_PAGE);
    }
}
