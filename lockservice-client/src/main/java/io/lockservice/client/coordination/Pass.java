package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program's part in one round of a {@link DistributedDoubleBarrier}. Not bound to a thread. */
public final class Pass {
    private final DistributedDoubleBarrier barrier;
    private final Session session;
    private final String id;
    private final long round;
    private volatile boolean left;
    private @Nullable Waiting<Void> leaving;

    Pass(DistributedDoubleBarrier barrier, Session session, String id, long round) {
        this.barrier = barrier;
        this.session = session;
        this.id = id;
        this.round = round;
    }

    /** The same for all that began together, and larger than that of every earlier round of the barrier: its fencing token. */
    public long round() {
        return round;
    }

    /** Whether the others certainly still wait for this program, by its own clock. */
    public boolean isIn() {
        return !left && session.isSafe();
    }

    /** Runs {@code listener} on the client's loop if the session ends before {@link #leave}: the others go on without this program. */
    public void onLost(Consumer<LockServiceException> listener) {
        session.addListener(new SessionListener() {
            @Override
            public void expired(Session over, SessionExpiredException reason) {
                if (!left) {
                    listener.accept(reason);
                }
            }
        });
    }

    /**
     * Says that this program has finished, and waits until all of the round have, or are dead. Who cancels that wait has left all
     * the same. Leaving twice is no error.
     */
    public synchronized Waiting<Void> leave() {
        left = true;
        if (leaving == null) {
            leaving = barrier.left(this);
        }
        return leaving;
    }

    @Override
    public String toString() {
        return "round " + round + " of " + barrier.name();
    }

    String id() {
        return id;
    }
}
