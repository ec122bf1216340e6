package io.lockservice.client.election;

import io.lockservice.client.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Calls a candidate, in order and one call at a time, on a thread that its code may block. */
final class Callbacks {
    private static final System.Logger LOG = System.getLogger(Callbacks.class.getName());

    private final Candidate candidate;
    private final ExecutorService thread;
    private final Loop loop;
    private volatile @Nullable Thread caller;

    Callbacks(Candidate candidate, ExecutorService thread, Loop loop) {
        this.candidate = candidate;
        this.thread = thread;
        this.loop = loop;
    }

    /** One period of leading; {@code onFailure} runs on the loop if the candidate's work throws. */
    Term term(Leadership leadership, Runnable onFailure) {
        return new Term(leadership, onFailure);
    }

    /** Whether the caller is the candidate itself, for which nobody may wait. */
    boolean isCaller() {
        return caller == Thread.currentThread();
    }

    void shutdown() {
        thread.shutdown();
    }

    /** One pair of calls. */
    final class Term {
        private final Leadership leadership;
        private final Runnable onFailure;
        private java.util.concurrent.@Nullable Future<?> elected;
        private boolean told;

        private Term(Leadership leadership, Runnable onFailure) {
            this.leadership = leadership;
            this.onFailure = onFailure;
        }

        /** Tells the candidate that it leads. */
        void begin() {
            elected = thread.submit(this::elect);
        }

        /** Interrupts the candidate's work and has it stop. Done, on the loop, when it has. */
        Future<Void> end() {
            Promise<Void> promise = Promise.promise();
            if (elected != null) {
                elected.cancel(true);
            }
            try {
                thread.execute(() -> {
                    revoke();
                    loop.execute(promise::complete);
                });
            } catch (RejectedExecutionException e) {
                promise.complete();
            }
            return promise.future();
        }

        private void elect() {
            // The thread may have been busy until now: what is over is not announced.
            if (!leadership.isLeader()) {
                return;
            }
            told = true;
            caller = Thread.currentThread();
            try {
                candidate.elected(leadership);
            } catch (InterruptedException e) {
                // Asked for by end().
                LOG.log(System.Logger.Level.DEBUG, "the leader's work was interrupted", e);
            } catch (Exception e) {
                LOG.log(System.Logger.Level.ERROR, "the leader of " + leadership.name() + " failed and gives up", e);
                loop.execute(onFailure);
            } finally {
                caller = null;
            }
        }

        private void revoke() {
            if (!told) {
                return;
            }
            caller = Thread.currentThread();
            try {
                candidate.revoked();
            } catch (Exception e) {
                LOG.log(System.Logger.Level.ERROR, "the candidate for " + leadership.name() + " failed to stop", e);
            } finally {
                caller = null;
            }
        }
    }
}
