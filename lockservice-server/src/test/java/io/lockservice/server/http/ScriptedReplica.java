package io.lockservice.server.http;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.driver.ReplicaPort;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A replica that says what the test tells it to, and remembers what it was asked. */
final class ScriptedReplica implements ReplicaPort {
    static final long REVISION = 42;
    static final long EPOCH = 7;
    static final int LEADER = 2;
    static final Reply.CellState SEEN = new Reply.CellState(List.of(), Reply.CellState.UNKNOWN_TOLERANCE, 3, 4, 5);

    /** A call as it came, with the ways to answer it. */
    record Asked(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {}

    private final LinkedBlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final List<Asked> all = new CopyOnWriteArrayList<>();
    private volatile Function<ClientCall, Reply> script = call -> new Reply.Done();
    private final CountDownLatch gone = new CountDownLatch(1);
    private final List<Runnable> watching = new CopyOnWriteArrayList<>();
    private volatile boolean silent;
    private volatile CheckpointPort.@Nullable Stored checkpoint;
    private volatile long checkpointRevision;
    private volatile ReplicaStatus status = new ReplicaStatus("follower", LEADER, true, "", 10, 10, 41, 6, SEEN);

    /** From now on calls are answered with what {@code next} makes of them. */
    void answer(Function<ClientCall, Reply> next) {
        silent = false;
        script = next;
    }

    /** From now on calls are answered by the test. */
    void keepSilent() {
        silent = true;
    }

    void status(ReplicaStatus next) {
        status = next;
    }

    /** Forgets what was asked. */
    void forget() {
        asked.clear();
        all.clear();
    }

    int calls() {
        return all.size();
    }

    /** The next call; waits for it. */
    Asked next() {
        try {
            Asked next = asked.poll(10, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("the replica was not asked");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static Answer answer(Reply reply) {
        return new Answer(reply, REVISION, EPOCH, LEADER, LEADER);
    }

    @Override
    public Runnable whenApplied(long revision, Runnable then) {
        then.run();
        return () -> {};
    }

    @Override
    public Runnable watch(Request.ReadEvents what, Runnable happened) {
        watching.add(happened);
        return () -> watching.remove(happened);
    }

    /** Who watches is told that something has happened. */
    void happen() {
        List.copyOf(watching).forEach(Runnable::run);
    }

    /** How many watch. */
    int watching() {
        return watching.size();
    }

    @Override
    public Runnable call(ClientCall call, long timeoutMs, long maxStaleMs, Consumer<Answer> answer) {
        Asked now = new Asked(call, timeoutMs, maxStaleMs, answer);
        all.add(now);
        asked.add(now);
        if (!silent) {
            answer.accept(answer(script.apply(call)));
        }
        return gone::countDown;
    }

    /** Waits until a client is gone before it was answered. */
    void awaitGone() throws InterruptedException {
        assertTrue(gone.await(10, TimeUnit.SECONDS), "a client is gone");
    }

    /** From now on checkpoints are this; null: none can be taken. */
    void checkpoint(CheckpointPort.@Nullable Stored next) {
        checkpoint = next;
    }

    /** The revision that the last checkpoint had to have. */
    long checkpointRevision() {
        return checkpointRevision;
    }

    @Override
    public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
        checkpointRevision = revision;
        taken.accept(checkpoint);
    }

    @Override
    public ReplicaStatus status() {
        return status;
    }
}
