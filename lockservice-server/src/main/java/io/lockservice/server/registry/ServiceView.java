package io.lockservice.server.registry;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.server.driver.ReplicaPort;
import io.vertx.core.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The services that are registered, as the state of this replica says: read once, and then kept by following its changes, so
 * that asking costs a lookup. What is unreadable for everybody, or is no registration, is not in it.
 *
 * <p>Threading: everything on the event loop of the replica.
 */
public final class ServiceView {
    private static final System.Logger LOG = System.getLogger(ServiceView.class.getName());
    private static final long CALL_TIMEOUT_MS = 5_000;
    private static final long RETRY_MS = 100;
    private static final int PAGE = 1_000;
    private static final int EVENTS_PAGE = 500;
    private static final int READS_AT_ONCE = 256;
    private static final Set<Event.Type> CHANGES = EnumSet.of(
            Event.Type.NODE_CREATED, Event.Type.CONTENT_CHANGED, Event.Type.NODE_DELETED, Event.Type.ACL_CHANGED);

    private final ReplicaPort port;
    private final Context context;
    private final Name root;
    private final Name acls;
    private final Map<Name, Set<Runnable>> watchers = new HashMap<>();
    private final Deque<Name> unread = new ArrayDeque<>();
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

    /** The instances of a service in the order of their names; none where nobody registered. */
    public List<Registered> instances(String service) {
        return registrations == null ? List.of() : List.copyOf(registrations.of(root.child(service)));
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

    // Reading everything

    private void load() {
        unread.clear();
        Loading loading = new Loading();
        loading.services("");
    }

    /** A first reading. What changes meanwhile is followed from where it began. */
    private final class Loading {
        private final Deque<Name> services = new ArrayDeque<>();
        private final Set<Name> denied = new HashSet<>();
        private @Nullable Registrations read;
        private long fromRevision;

        void services(String after) {
            ask(new Request.ListChildren(root, PAGE, after), (answer, reply) -> {
                if (read == null) {
                    fromRevision = answer.revision();
                    read = new Registrations(fromRevision);
                }
                if (reply instanceof Reply.Children page) {
                    page.children().stream().map(Stat::name).forEach(name -> services.add(new Name(name)));
                    if (page.next() != null) {
                        services(page.next());
                        return;
                    }
                } else if (!Refusals.isNothingThere(reply)) {
                    failed();
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
            ask(new Request.ListChildren(service, PAGE, after), (answer, reply) -> {
                if (reply instanceof Reply.Children page) {
                    page.children().stream().map(Stat::name).forEach(name -> unread.add(new Name(name)));
                    if (page.next() != null) {
                        instances(service, page.next());
                        return;
                    }
                } else if (Refusals.isDenied(reply)) {
                    denied.add(service);
                } else if (!Refusals.isNothingThere(reply)) {
                    failed();
                    return;
                }
                nextService();
            });
        }

        private void finish() {
            Registrations complete = read;
            if (complete == null) {
                failed();
                return;
            }
            readAll(complete, fromRevision, () -> {
                registrations = complete;
                hidden = denied;
                seen = EventPosition.after(fromRevision);
                seenRevision = fromRevision;
                happened = true;
                tell(List.copyOf(watchers.keySet()));
                done();
                tellWaiting();
            });
        }
    }

    /** Reads what is in {@link #unread}, many files at a time. */
    private void readAll(Registrations into, long revision, Runnable then) {
        if (unread.isEmpty()) {
            then.run();
            return;
        }
        List<Name> names = new ArrayList<>();
        while (!unread.isEmpty() && names.size() < READS_AT_ONCE) {
            names.add(unread.remove());
        }
        Reading reading = new Reading(into, revision, names.size(), () -> readAll(into, revision, then));
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
                    failed();
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

    // Following

    private void follow() {
        Registrations into = known();
        // That somebody may no longer read an instance is told to nobody who may not.
        ask(ClientCall.REPLICA, all(root, seen), (answer, reply) -> {
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
            unread.addAll(touched);
            readAll(into, page.end().revision(), () -> {
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

    private void ask(Request.Read what, BiConsumer<Answer, Reply> then) {
        ask(ClientCall.ANONYMOUS, what, then);
    }

    private void ask(String principal, Request.Read what, BiConsumer<Answer, Reply> then) {
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
                failed();
            }
        });
    }
}
