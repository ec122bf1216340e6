package io.lockservice.server.http.services;

import io.lockservice.api.Answer;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.server.http.exchange.EventSource;
import io.lockservice.server.http.exchange.Exchange;
import io.lockservice.server.registry.ServiceView;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the view may be read, or shows something new; then whether the caller may read there. One at a time, and as
 * often as wanted. Not thread-safe.
 */
final class ServiceRead {
    private final Exchange exchange;
    private final EventSource source;
    private final ServiceView view;
    private final Name name;
    private final BiConsumer<@Nullable Answer, Problem> failed;
    private @Nullable Runnable endWait;
    private @Nullable Runnable endTimer;
    private boolean over;

    /** Where it comes to nothing, {@code failed} is told: with the answer that says so, where the replica gave one. */
    ServiceRead(Exchange exchange, ServiceView view, Name name, BiConsumer<@Nullable Answer, Problem> failed) {
        this.exchange = exchange;
        this.source = exchange.events();
        this.view = view;
        this.name = name;
        this.failed = failed;
        source.whenGone(this::end);
    }

    /** Whose failure is the reply. */
    static ServiceRead once(Exchange exchange, ServiceView view, Name name) {
        return new ServiceRead(exchange, view, name, exchange::fail);
    }

    /** Once all is seen that the cell had done; with {@code maxStaleMs} all that this replica had. */
    void fresh(long maxStaleMs, Consumer<Answer> reply) {
        exchange.read(new Request.GetCell(), maxStaleMs, Reply.CellState.class, (answer, cell) -> {
            whenSeen(answer.revision(), () -> permitted(answer, reply));
        });
    }

    /** Once the service has changed after {@code since}, or the time is over. */
    void changed(long since, long waitMs, Consumer<Answer> reply) {
        over = false;
        endWait = view.watch(name.leaf(), () -> exchange.guard(() -> look(since, reply)));
        endTimer = source.after(Math.max(1, waitMs), () -> show(since, reply));
        look(since, reply);
    }

    private void look(long since, Consumer<Answer> reply) {
        if (!over && view.isReady() && view.hasChangedSince(name.leaf(), since)) {
            show(since, reply);
        }
    }

    /**
     * Not before all up to {@code since} is seen, which may come from a replica that is ahead of this one; nor before all that
     * the answer's revision promises, or whoever asks for what is after that would miss it.
     */
    private void show(long since, Consumer<Answer> reply) {
        end();
        over = false;
        whenSeen(
                since,
                () -> source.read(
                        new Request.GetCell(),
                        Reply.CellState.class,
                        (answer, cell) -> {
                            over = false;
                            whenSeen(answer.revision(), () -> permitted(answer, reply));
                        },
                        failed));
    }

    private void whenSeen(long revision, Runnable then) {
        endTimer = source.after(source.timeoutMs(), () -> {
            end();
            failed.accept(
                    null,
                    new Problem(
                            ProblemCode.OVERLOADED,
                            "this replica has not caught up with the cell in time; ask another replica, or later"));
        });
        endWait = view.whenSeen(
                revision,
                () -> exchange.guard(() -> {
                    end();
                    then.run();
                }));
        if (over) {
            end();
        }
    }

    /** As in the directory's ACLs, or those of what is above it. A service that nobody registered has no instances. */
    private void permitted(Answer answer, Consumer<Answer> reply) {
        source.read(
                new Request.GetStat(name, false),
                Reply.Node.class,
                (here, stat) -> reply.accept(at(answer, here.replica(), view.revision())),
                (here, problem) -> {
                    if (problem.code() == ProblemCode.PERMISSION_DENIED) {
                        failed.accept(here, problem);
                    } else {
                        reply.accept(at(answer, here.replica(), view.revision()));
                    }
                });
    }

    private static Answer at(Answer answer, int replica, long revision) {
        return new Answer(
                answer.reply(), Math.max(answer.revision(), revision), answer.epoch(), replica, answer.leader());
    }

    /** Waits no more. */
    void end() {
        over = true;
        if (endWait != null) {
            endWait.run();
        }
        if (endTimer != null) {
            endTimer.run();
        }
    }
}
