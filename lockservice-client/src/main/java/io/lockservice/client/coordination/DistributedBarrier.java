package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * A gate that holds up all programs that come to it until somebody opens it: it is closed as long as its node exists. Anybody may
 * close or open it.
 *
 * <p>Whoever waits when it is opened goes through, also where it is closed again at once. From any thread; futures complete as
 * {@link LockServiceClient} says, and fail with a {@link LockServiceException}.
 */
public final class DistributedBarrier {
    private static final long NOT_SEEN = -1;

    private final LockServiceClient client;
    private final String name;

    private DistributedBarrier(LockServiceClient client, String name) {
        this.client = client;
        this.name = name;
    }

    /** The gate of the node {@code name}. */
    public static DistributedBarrier of(LockServiceClient client, String name) {
        return new DistributedBarrier(client, name);
    }

    /** Closes it, until it is removed. Whether it was open. */
    public Future<Boolean> set() {
        return closed(client.execute(creation("")));
    }

    /** Closes it until it is removed or this session ends: a program that dies leaves no gate closed. Whether it was open. */
    public Future<Boolean> setFor(Session session) {
        return closed(session.execute(creation("&ephemeral=true")));
    }

    /** Opens it. Done also where it was open. */
    public Future<Void> remove() {
        return NodeCalls.delete(client, name);
    }

    /** Whether it is closed now: old as soon as it is known. */
    public Future<Boolean> isSet() {
        return NodeCalls.read(client, name).map(Optional::isPresent);
    }

    /** Waits until it is open; not at all where it is. */
    public Waiting<Void> await() {
        return Waiting.in(client, name, "the wait at " + name, new Open());
    }

    /** The node. */
    public String name() {
        return name;
    }

    private Operation creation(String more) {
        return Operation.put(NodeCalls.file(name) + "?parents=true" + more).header("If-None-Match", "*");
    }

    private static Future<Boolean> closed(Future<?> creation) {
        return creation.map(true)
                .recover(failure -> Problems.isCode(failure, "generation-mismatch")
                        ? Future.succeededFuture(false)
                        : Future.failedFuture(failure));
    }

    /** Another node than the one it waits for means that this one was removed. */
    private final class Open implements Waiting.Condition<Void> {
        private long instance = NOT_SEEN;

        @Override
        public Future<Boolean> look() {
            return NodeCalls.read(client, name).map(found -> {
                long now = found.map(NodeCalls.Node::instance).orElse(NOT_SEEN);
                boolean isOpen = now == NOT_SEEN || (instance != NOT_SEEN && now != instance);
                instance = now;
                return isOpen;
            });
        }
    }
}
