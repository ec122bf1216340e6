package io.lockservice.server.dns;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.server.driver.CheckpointPort;
import io.lockservice.server.driver.ReplicaPort;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A replica whose age the test says. */
final class ScriptedPort implements ReplicaPort {
    private final Deque<Consumer<Answer>> held = new ArrayDeque<>();
    private volatile @Nullable ProblemCode refusal = ProblemCode.NO_SUCH_NODE;
    private volatile long revision = 1;
    private volatile boolean holds;
    private final AtomicInteger calls = new AtomicInteger();
    private volatile long maxStaleMs;

    /** From now on it refuses with this; null: it answers. */
    void refuse(@Nullable ProblemCode code) {
        refusal = code;
    }

    /** From now on it answers when {@link #answer} says so. */
    void hold() {
        holds = true;
    }

    void answer() {
        holds = false;
        while (!held.isEmpty()) {
            held.remove().accept(now());
        }
    }

    /** Of each answer. */
    void revision(long now) {
        revision = now;
    }

    int calls() {
        return calls.get();
    }

    long maxStaleMs() {
        return maxStaleMs;
    }

    private Answer now() {
        ProblemCode code = refusal;
        return new Answer(
                code == null ? new Reply.Done() : new Reply.Failed(new Problem(code, "so")), revision, 1, 1, 1);
    }

    @Override
    public Runnable call(ClientCall call, long timeoutMs, long staleMs, Consumer<Answer> answer) {
        calls.incrementAndGet();
        maxStaleMs = staleMs;
        if (holds) {
            held.add(answer);
        } else {
            answer.accept(now());
        }
        return () -> {};
    }

    @Override
    public Runnable watch(Request.ReadEvents what, Runnable happened) {
        return () -> {};
    }

    @Override
    public void checkpoint(long revision, Consumer<CheckpointPort.@Nullable Stored> taken) {
        taken.accept(null);
    }

    @Override
    public Runnable whenApplied(long revision, Runnable then) {
        return () -> {};
    }

    @Override
    public ReplicaStatus status() {
        throw new UnsupportedOperationException();
    }
}
