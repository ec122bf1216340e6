package io.lockservice.sim.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable (Herlihy and Wing, 1990): whether each call can be given one moment between
 * its sending and its answer so that a sequential model would have given the same answers. The search is Wing and Gong's
 * with Lowe's improvements ("Testing for linearizability", 2017): calls take effect only when an answer forces them to,
 * and of equal situations only one is followed.
 *
 * <p>A call of unknown outcome stays open: it may take effect at any later time, or never. At most 62 calls may be open at
 * a time.
 */
public final class Linearizability<S, C, A> {
    private static final int MAX_OPEN = 62;
    private static final int MAX_SITUATIONS = 20_000;

    private final Model<S, C, A> model;
    private final List<@Nullable Operation<C, A>> open = new ArrayList<>();
    private Situations<S> situations = new Situations<>();
    private long answerable;

    private Linearizability(Model<S, C, A> model) {
        this.model = model;
        situations.add(new Situation<>(model.initial(), 0), 0);
    }

    /**
     * Says nothing where the history is linearizable, else which answer cannot be explained.
     *
     * @throws Undecided when the history is too entangled to decide
     */
    public static <S, C, A> Optional<String> problem(List<Operation<C, A>> history, Model<S, C, A> model) {
        return new Linearizability<>(model).run(history);
    }

    private Optional<String> run(List<Operation<C, A>> history) {
        for (Step<C, A> step : steps(history)) {
            if (step.isCall) {
                open(step.operation);
            } else if (step.operation.answer() == null) {
                forget(step.operation);
            } else if (!close(step.operation)) {
                return Optional.of("no order of calls explains " + step.operation + explain(history, step.operation));
            }
        }
        return Optional.empty();
    }

    /** Calls and answers in the order of time; at equal times calls first, which allows more. */
    private List<Step<C, A>> steps(List<Operation<C, A>> history) {
        List<Step<C, A>> steps = new ArrayList<>();
        for (Operation<C, A> operation : history) {
            steps.add(new Step<>(operation, true, operation.calledNanos()));
            if (operation.answeredNanos() != Operation.NEVER) {
                steps.add(new Step<>(operation, false, operation.answeredNanos()));
            }
        }
        steps.sort(Comparator.<Step<C, A>>comparingLong(Step::timeNanos)
                .thenComparing(Step::isCall, Comparator.reverseOrder()));
        return steps;
    }

    private void open(Operation<C, A> operation) {
        int index = indexOf(null);
        if (index >= 0) {
            open.set(index, operation);
        } else {
            index = open.size();
            open.add(operation);
        }
        if (index >= MAX_OPEN) {
            throw new Undecided("too many open calls to decide");
        }
        if (operation.answer() != null) {
            answerable |= 1L << index;
        }
    }

    /** A call of unknown outcome can take effect no more: it has by now, or never will. */
    private void forget(Operation<C, A> operation) {
        int index = indexOf(operation);
        Situations<S> next = new Situations<>();
        situations.all().forEach(situation -> next.add(situation.without(index), answerable));
        take(index, next);
    }

    /** The answer to {@code operation} is there: it must have taken effect. False when that cannot be. */
    private boolean close(Operation<C, A> operation) {
        return take(indexOf(operation), new Situations<>());
    }

    /** Adds to {@code next} every situation in which the call has taken effect, and goes on from there. */
    private boolean take(int index, Situations<S> next) {
        Situations<S> seen = new Situations<>();
        situations.all().forEach(situation -> search(situation, index, seen, next));
        open.set(index, null);
        answerable &= ~(1L << index);
        situations = next;
        return !next.isEmpty();
    }

    private void search(Situation<S> from, int wanted, Situations<S> seen, Situations<S> next) {
        if (!seen.add(from, answerable)) {
            return;
        }
        if (seen.size() > MAX_SITUATIONS) {
            throw new Undecided("too many situations to decide");
        }
        if (from.has(wanted)) {
            next.add(from.without(wanted), answerable & ~(1L << wanted));
            return;
        }
        for (int i = 0; i < open.size(); i++) {
            Operation<C, A> candidate = open.get(i);
            if (candidate == null || from.has(i)) {
                continue;
            }
            Optional<S> after = model.after(from.state(), candidate.call(), candidate.answer());
            boolean pointless = candidate.answer() == null
                    && after.isPresent()
                    && after.get().equals(from.state());
            if (after.isPresent() && !pointless) {
                search(from.with(i, after.get()), wanted, seen, next);
            }
        }
    }

    // The very operation: two may be equal.
    @SuppressWarnings("ReferenceEquality")
    private int indexOf(@Nullable Operation<C, A> operation) {
        for (int i = 0; i < open.size(); i++) {
            if (open.get(i) == operation) {
                return i;
            }
        }
        return -1;
    }

    private String explain(List<Operation<C, A>> history, Operation<C, A> operation) {
        StringBuilder text = new StringBuilder("; what was going on before:");
        history.stream()
                .filter(other -> other.calledNanos() <= operation.answeredNanos())
                .sorted(Comparator.comparingLong(Operation::calledNanos))
                .skip(Math.max(0, history.size() - 40))
                .forEach(other -> text.append("\n  ").append(other));
        return text.toString();
    }

    private record Step<C, A>(Operation<C, A> operation, boolean isCall, long timeNanos) {}
}
