package io.lockservice.sim.client;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.sim.linearizability.FileCall;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Looks at locks again and again, and at the end at everything. */
final class Auditor {
    private static final int ATTEMPTS = 10;

    private final Caller caller;
    private final SplittableRandom random;
    private final ClientWorld world;
    private final List<String> complaints = new ArrayList<>();
    private boolean finished;
    private int open;

    Auditor(Caller caller, SplittableRandom random, ClientWorld world) {
        this.caller = caller;
        this.random = random;
        this.world = world;
    }

    void start() {
        world.times().after(1 + random.nextLong(30 * MS), () -> {
            if (!finished) {
                look(world.locks().any(random), this::start);
            }
        });
    }

    void finish() {
        finished = true;
    }

    /** Whether calls are open. */
    boolean isBusy() {
        return open > 0;
    }

    /** What was wrong at the end. */
    List<String> complaints() {
        return complaints;
    }

    /** Every session has been silent for longer than its lease: none may be left, and no lock may be held. */
    void inspectSilence() {
        for (String session : List.copyOf(world.locks().sessions())) {
            ask(new Request.GetSession(session), told -> {
                if (told.problem() == ProblemCode.SESSION_EXPIRED) {
                    world.locks().over(session, told.answeredNanos());
                } else {
                    complaints.add("session " + session + " has not ended in time: " + told.answer());
                }
            });
        }
        for (Name name : world.locks().all()) {
            ask(new Request.GetLock(name), told -> {
                boolean free = told.problem() == ProblemCode.NO_SUCH_NODE
                        || (told.reply() instanceof Reply.LockState state
                                && state.mode() == null
                                && state.waiters().isEmpty());
                if (!free) {
                    complaints.add(name + " is not free though every session is over: " + told.answer());
                }
            });
        }
    }

    /** Reads every file once more. */
    void readFiles() {
        for (Files.File file : world.files().all()) {
            ask(new Request.ReadFile(file.name()), told -> {
                if (told.reply() == null) {
                    complaints.add(file.name() + " cannot be read: " + told.answer());
                }
                world.files().told(file, new FileCall.Read(), told);
            });
        }
    }

    private void look(Name lock, Runnable then) {
        ask(new Request.GetLock(lock), told -> {
            if (told.reply() instanceof Reply.LockState state) {
                world.invariants().holders().shown(state);
                if (told.attempts() == 1) {
                    world.locks().shown(state, lock, told.firstSentNanos(), told.answeredNanos());
                }
                if (state.waiters().size() > 1) {
                    world.marks().hit("queue of two seen");
                }
            }
            then.run();
        });
    }

    private void ask(Request request, java.util.function.Consumer<Told> then) {
        open++;
        caller.call(ClientCall.of(request), ATTEMPTS, 500, 0, told -> {
            open--;
            then.accept(told);
        });
    }
}
