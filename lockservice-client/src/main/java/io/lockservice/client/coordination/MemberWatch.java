package io.lockservice.client.coordination;

import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a group being told. What the cell's events say is only who may have changed: each of these is then read and
 * compared with what was told last. So nothing is told twice, and where events are no longer kept all are compared.
 */
public final class MemberWatch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MemberWatch.class.getName());
    private static final long POLL_MS = 20_000;
    private static final long FIRST_PAUSE_MS = 100;
    private static final long MAX_PAUSE_MS = 5_000;

    private final GroupMembership group;
    private final LockServiceClient client;
    private final Loop loop;
    private final MemberListener listener;
    private final Changes changes;
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private final Map<String, NodeCalls.Node> told = new LinkedHashMap<>();
    private final Set<String> open = new LinkedHashSet<>();
    private final Supplier<Future<Void>> closer = this::shutdown;
    private boolean all;
    private boolean closed;
    private int failures;

    MemberWatch(GroupMembership group, LockServiceClient client, MemberListener listener) {
        this.group = group;
        this.client = client;
        this.loop = client.loop();
        this.listener = listener;
        this.changes = new Changes(client, group.directory());
    }

    MemberWatch begun() {
        client.addCloser(closer);
        loop.execute(this::poll);
        return this;
    }

    /** Tells nothing any more. */
    public Future<Void> shutdown() {
        client.removeCloser(closer);
        return loop.call(() -> {
            closed = true;
            return Future.succeededFuture();
        });
    }

    /** Starts {@link #shutdown} and does not wait for it: what is under way may still be told. */
    @Override
    public void close() {
        shutdown();
    }

    private void poll() {
        if (closed) {
            return;
        }
        boolean isBehind = all || !open.isEmpty();
        changes.next(isBehind ? 0 : POLL_MS)
                .compose(batch -> {
                    all |= !batch.complete();
                    batch.names().forEach(name -> open.add(name.substring(name.lastIndexOf('/') + 1)));
                    return listed();
                })
                .compose(ignored -> {
                    Promise<Void> compared = Promise.promise();
                    compareNext(compared);
                    return compared.future();
                })
                .onComplete((done, failure) -> loop.execute(() -> {
                    if (failure == null) {
                        failures = 0;
                        poll();
                    } else {
                        failures++;
                        LOG.log(System.Logger.Level.DEBUG, "the members of " + group.directory() + " later", failure);
                        loop.after(pauses.delayMs(failures), this::poll);
                    }
                }));
    }

    /** Where more may have changed than is known: everybody who was there, and everybody who is. */
    private Future<Void> listed() {
        if (!all) {
            return Future.succeededFuture();
        }
        return NodeCalls.children(client, group.directory())
                .onSuccess(nodes -> {
                    open.addAll(told.keySet());
                    nodes.forEach(node -> open.add(node.component()));
                    all = false;
                })
                .mapEmpty();
    }

    /**
     * What could not be read stays to be compared the next time. One future for all of them: as a chain of futures, one within
     * the other, a large group would take more stack than a thread has.
     */
    private void compareNext(Promise<Void> compared) {
        if (closed || open.isEmpty()) {
            compared.complete();
            return;
        }
        String id = open.iterator().next();
        group.read(id)
                .onComplete((found, failure) -> loop.execute(() -> {
                    if (failure != null) {
                        compared.fail(failure);
                    } else {
                        open.remove(id);
                        compare(id, found.orElse(null));
                        compareNext(compared);
                    }
                }));
    }

    private void compare(String id, NodeCalls.@Nullable Node now) {
        NodeCalls.Node before = told.get(id);
        if (before != null && (now == null || now.instance() != before.instance())) {
            told.remove(id);
            tell(() -> listener.left(GroupMembership.memberOf(before)));
        }
        if (now == null) {
            return;
        }
        told.put(id, now);
        if (before == null || now.instance() != before.instance()) {
            tell(() -> listener.joined(GroupMembership.memberOf(now)));
        } else if (now.generation() != before.generation()) {
            tell(() -> listener.changed(GroupMembership.memberOf(now)));
        }
    }

    private void tell(Runnable what) {
        if (closed) {
            return;
        }
        try {
            what.run();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener of " + group.directory() + " failed", e);
        }
    }
}
