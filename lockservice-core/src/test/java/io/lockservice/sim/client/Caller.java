package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.ProblemCode;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Cluster;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Scheduler;
import io.lockservice.sim.cluster.Trace;
import io.lockservice.sim.invariant.AnswersChecked;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's way to the cell: any replica, over a network that loses requests and answers; repeats a call through another
 * replica when it is refused, or not answered in time.
 */
final class Caller {
    private static final long PATIENCE_NANOS = 50 * MS;

    private final Cluster cluster;
    private final SplittableRandom random;
    private final AnswersChecked answers;
    private final Trace trace;
    private final String who;
    private double lossChance;
    private int calls;

    Caller(
            Cluster cluster,
            SplittableRandom random,
            AnswersChecked answers,
            Trace trace,
            String who,
            double lossChance) {
        this.cluster = cluster;
        this.random = random;
        this.answers = answers;
        this.trace = trace;
        this.who = who;
        this.lossChance = lossChance;
    }

    /** From now on nothing is lost on the way. */
    void calm() {
        lossChance = 0;
    }

    /** How many attempts were made. */
    int calls() {
        return calls;
    }

    /**
     * Calls.
     *
     * @param attempts how often to send at most; more than once only what can be repeated
     * @param timeoutMs how long each attempt waits, in milliseconds, beyond {@code waitMs}
     * @param waitMs the call's own wait, in milliseconds
     */
    void call(ClientCall call, int attempts, long timeoutMs, long waitMs, Consumer<Told> told) {
        new Open(call, attempts, timeoutMs, waitMs, told).attempt();
    }

    private Scheduler scheduler() {
        return cluster.scheduler();
    }

    private long wayNanos() {
        return 100_000 + random.nextLong(2 * MS);
    }

    private boolean isLost() {
        return random.nextDouble() < lossChance;
    }

    private final class Open {
        private final ClientCall call;
        private final int maxAttempts;
        private final long timeoutMs;
        private final long waitMs;
        private final Consumer<Told> told;
        private final long firstSentNanos = scheduler().now();
        private int attempt;
        private long sentNanos;
        private boolean mayHaveHappened;
        private boolean over;

        Open(ClientCall call, int maxAttempts, long timeoutMs, long waitMs, Consumer<Told> told) {
            this.call = call;
            this.maxAttempts = maxAttempts;
            this.timeoutMs = timeoutMs;
            this.waitMs = waitMs;
            this.told = told;
        }

        void attempt() {
            int mine = ++attempt;
            calls++;
            sentNanos = scheduler().now();
            List<Host> members = cluster.members();
            Host host = members.get(random.nextInt(members.size()));
            if (trace.isOn()) {
                trace.line(sentNanos, who, "asks r" + host.id() + " (" + mine + ") " + call);
            }
            if (!isLost()) {
                scheduler().after(wayNanos(), () -> arrive(host, mine));
            }
            // Whether it was lost or not is something the client cannot know.
            scheduler().after((timeoutMs + waitMs) * MS + PATIENCE_NANOS, () -> {
                if (mine == attempt && !over) {
                    mayHaveHappened = true;
                    again(mine);
                }
            });
        }

        private void arrive(Host host, int mine) {
            boolean taken = host.call(
                    call,
                    timeoutMs,
                    Input.Called.LINEARIZABLE,
                    answer -> scheduler().after(wayNanos(), () -> {
                        if (!isLost()) {
                            answered(answer, mine);
                        }
                    }));
            if (!taken) {
                scheduler().after(wayNanos(), () -> again(mine));
            }
        }

        private void answered(Answer answer, int mine) {
            if (over || mine != attempt) {
                return;
            }
            if (trace.isOn()) {
                trace.line(scheduler().now(), who, "is told " + answer);
            }
            answers.answered(call, answer, firstSentNanos, scheduler().now(), attempt > 1);
            ProblemCode problem = Told.problem(answer);
            if (problem == null || problem.kept() || problem == ProblemCode.IDEMPOTENCY_MISMATCH) {
                finish(answer);
                return;
            }
            // Who is refused for want of room is told that nothing was done.
            mayHaveHappened |= problem != ProblemCode.OVERLOADED && problem != ProblemCode.STORAGE_FULL;
            again(mine);
        }

        private void again(int mine) {
            if (over || mine != attempt) {
                return;
            }
            if (attempt >= maxAttempts) {
                finish(null);
                return;
            }
            int next = attempt;
            scheduler().after(random.nextLong(50 * MS), () -> {
                if (!over && next == attempt) {
                    attempt();
                }
            });
        }

        private void finish(@Nullable Answer answer) {
            over = true;
            told.accept(new Told(answer, firstSentNanos, sentNanos, scheduler().now(), attempt, mayHaveHappened));
        }
    }
}
