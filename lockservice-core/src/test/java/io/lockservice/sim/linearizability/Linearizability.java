package io.lockservice.sim.linearizability;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a history is linearizable (Herlihy and Wing, 1990): whether each call can be given one moment between
 * its sending and its answer so that a sequential model would have given the same answers. The search is Wing and Gong's
 * with Lowe's improvements ("Testing for linearizability", 2017): calls take effect only when an answer forces them to,
 * and of equal situations (state, calls in effect) only one is followed.
 *
 * <p>A call of unknown outcome stays open to the end: it may take effect at any later time, or never. At most 62 calls may
 * be open at a time.
 */
public final class Linearizability<S, C, A> {
    private static final int MAX_OPEN = 62;
    private static final int MAX_SITUATIONS = 300_000;

    private final Model<S, C, A> model;
    private final List<@Nullable Operation<C, A>> open = new ArrayList<>();
    private Set<Situation<S>> situations = new LinkedHashSet<>();

    private Linearizability(Model<S, C, A> model) {
        this.model = model;
        situations.add(new Situation<>(model.initial(), 0));
    }

    /**
     * Says nothing where the history is linearizable, else which answer cannot be explained.
     *
     * @throws IllegalStateException when the history is too entangled to decide
     */
    public static <S, C, A> Optional<String> problem(List<Operation<C, A>> history, Model<S, C, A> model) {
        return new Linearizability<>(model).run(history);
    }

    private Optional<String> run(List<Operation<C, A>> history) {
        for (Step<C, A> step : steps(history)) {
            if (step.isCall) {
                open(step.operation);
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
            if (operation.answer() != null) {
                steps.add(new Step<>(operation, false, operation.answeredNanos()));
            }
        }
        steps.sort(Comparator.<Step<C, A>>comparingLong(Step::timeNanos)
                .thenComparing(Step::isCall, Comparator.reverseOrder()));
        return steps;
    }

    private void open(Operation<C, A> operation) {
        int free = indexOf(null);
        if (free >= 0) {
            open.set(free, operation);
            return;
        }
        if (open.size() == MAX_OPEN) {
            throw new IllegalStateException("too many open calls to decide");
        }
        open.add(operation);
    }

    /** The answer to {@code operation} is there: it must have taken effect. False when that cannot be. */
    private boolean close(Operation<C, A> operation) {
        int index = indexOf(operation);
        Set<Situation<S>> seen = new HashSet<>();
        Set<Situation<S>> next = new LinkedHashSet<>();
        for (Situation<S> situation : situations) {
            search(situation, index, seen, next);
        }
        open.set(index, null);
        situations = next;
        return !next.isEmpty();
    }

    private void search(Situation<S> from, int wanted, Set<Situation<S>> seen, Set<Situation<S>> next) {
        if (!seen.add(from)) {
            return;
        }
        if (seen.size() > MAX_SITUATIONS) {
            throw new IllegalStateException("too many situations to decide");
        }
        if (from.has(wanted)) {
            next.add(from.without(wanted));
            return;
        }
        for (int i = 0; i < open.size(); i++) {
            Operation<C, A> candidate = open.get(i);
            if (candidate == null || from.has(i)) {
                continue;
            }
            Optional<S> after = model.after(from.state, candidate.call(), candidate.answer());
            boolean pointless = candidate.answer() == null
                    && after.isPresent()
                    && after.get().equals(from.state);
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

    /** A state, and which of the open calls have taken effect in it, one bit each. */
    private record Situation<S>(S state, long done) {
        boolean has(int index) {
            return (done & (1L << index)) != 0;
        }

        Situation<S> with(int index, S newState) {
            return new Situation<>(newState, done | (1L << index));
        }

        Situation<S> without(int index) {
            return new Situation<>(state, done & ~(1L << index));
        }
    }
}
