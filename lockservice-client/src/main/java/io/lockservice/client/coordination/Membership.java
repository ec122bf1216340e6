package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.lock.Loss;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program's place in a group, for as long as a session lives. Not bound to a thread. */
public final class Membership {
    private static final System.Logger LOG = System.getLogger(Membership.class.getName());

    private final Session session;
    private final String name;
    private final long instance;
    private final SessionListener watcher = new Watcher();
    private final Loss loss;
    private volatile boolean ended;
    private @Nullable Future<Void> leaving;

    Membership(Session session, String name, NodeCalls.Node made) {
        this.session = session;
        this.name = name;
        this.instance = made.instance();
        this.loss = new Loss(session.client().loop());
    }

    Membership watched() {
        session.addListener(watcher);
        return this;
    }

    /** The id in the group. */
    public String id() {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** Larger than that of every earlier member with this id: tells others whom of them they deal with. Not to be compared with locks'. */
    public long token() {
        return instance;
    }

    /** The session it lasts as long as. */
    public Session session() {
        return session;
    }

    /**
     * Whether the group certainly has this member now, by this program's own clock and without asking anybody. False before the
     * others can be told that it left; true again if its session then proves safe.
     */
    public boolean isMember() {
        return !ended && session.isSafe();
    }

    /** Runs {@code listener} on the client's loop when the membership ends other than by {@link #leave}; at once if it has. */
    public void onLost(Consumer<LockServiceException> listener) {
        loss.tell(listener);
    }

    /**
     * Tells the group something else.
     *
     * @return fails with {@code membership-lost} where it is over
     */
    public Future<Void> setData(Buffer data) {
        return session.client().loop().call(() -> {
            if (ended) {
                return Future.failedFuture(gone());
            }
            return write(data);
        });
    }

    /** The file is not to be made anew where it was deleted, and another member's not to be written. */
    private Future<Void> write(Buffer data) {
        return NodeCalls.read(session.client(), name).compose(found -> {
            if (found.isEmpty() || found.get().instance() != instance) {
                lose(gone());
                return Future.failedFuture(gone());
            }
            Operation write = Operation.put(NodeCalls.file(name))
                    .header("If-Match", found.get().entityTag())
                    .withBody(data);
            return NodeCalls.settled(session::execute, write, () -> false)
                    .<Void>mapEmpty()
                    .recover(failure -> Problems.isCode(failure, "generation-mismatch")
                            ? write(data)
                            : Future.failedFuture(failure));
        });
    }

    /** Leaves the group. From the call on it is no member here. Leaving twice is no error. */
    public Future<Void> leave() {
        ended = true;
        return session.client().loop().call(() -> {
            if (leaving == null) {
                session.removeListener(watcher);
                leaving = NodeCalls.deleteAtLast(session, name, instance)
                        .recover(failure -> failure instanceof SessionExpiredException
                                ? Future.succeededFuture()
                                : Future.failedFuture(failure));
            }
            return leaving;
        });
    }

    @Override
    public String toString() {
        return name + (isMember() ? " (member)" : " (not a member)");
    }

    private LockServiceException gone() {
        return new LockServiceException("membership-lost", name + " was deleted by others, or left");
    }

    private void lose(LockServiceException reason) {
        if (ended) {
            return;
        }
        ended = true;
        loss.happened(reason);
        session.removeListener(watcher);
        loss.tellAll();
    }

    private final class Watcher implements SessionListener {
        @Override
        public void expired(Session over, SessionExpiredException reason) {
            lose(reason);
        }

        /** A lease says nothing of an operator who deleted the file. */
        @Override
        public void renewed(Session renewed) {
            NodeCalls.read(session.client(), name)
                    .onSuccess(found -> session.client().loop().execute(() -> {
                        if (found.isEmpty() || found.get().instance() != instance) {
                            lose(gone());
                        }
                    }))
                    .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "not checked", failure));
        }
    }
}
