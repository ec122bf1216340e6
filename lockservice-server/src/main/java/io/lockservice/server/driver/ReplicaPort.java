package io.lockservice.server.driver;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Request;
import io.lockservice.replica.ReplicaStatus;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the doors see of the replica behind them.
 *
 * <p>Threading: may be called from any event loop of the same Vert.x; {@code answer} is called on the replica's own.
 */
public interface ReplicaPort {
    /**
     * Hands a call to the replica; {@code answer} is called once, at the latest when its time is over,
     * unless the client has gone.
     *
     * @param timeoutMs how long the client waits, in milliseconds, beyond a {@code waitMs} in the call
     * @param maxStaleMs see {@link io.lockservice.replica.Input.Called}
     * @return to be run when the client has gone before its answer came, see {@link io.lockservice.replica.Input.Gone}; any
     *     thread
     */
    Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer);

    /**
     * Calls {@code happened}, on the replica's own event loop, after each change that {@code what} wants was applied here;
     * once for several, and at times for nothing. Ends when what is returned is run, on any thread.
     */
    Runnable watch(Request.ReadEvents what, Runnable happened);

    /**
     * Takes a checkpoint of all that this replica has applied, {@code revision} at least. {@code taken} is called once, with
     * null where that could not be written, or where this replica did not get so far in time.
     */
    void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken);

    /**
     * Calls {@code then}, on the replica's own event loop, once this replica has applied {@code revision}.
     *
     * @return forgets it, where it was not called yet; any thread
     */
    Runnable whenApplied(long revision, Runnable then);

    /** How the replica is now. Any thread; at most a tick old. */
    ReplicaStatus status();
}
