package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Node;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Transactions: several operations in one change, all of them or none. */
final class Transactions {
    private final State state;
    private final Operations operations;

    /** Does one operation, as it would be done by itself. */
    interface Operations {
        /** {@code request} is one of those that a {@link Request.Transaction} may have; {@code call} is the whole. */
        Reply perform(Request request, ClientCall call, Change change);
    }

    Transactions(State state, Operations operations) {
        this.state = state;
        this.operations = operations;
    }

    Reply transact(Request.Transaction transaction, ClientCall call, Change change) {
        boolean holds = transaction.guards().stream().allMatch(this::holds);
        List<Request> branch = holds ? transaction.then() : transaction.otherwise();
        List<Reply> results = new ArrayList<>();
        Change part = change.part();
        boolean done = state.attempt(() -> {
            for (Request each : branch) {
                results.add(operations.perform(each, call, part));
                if (results.get(results.size() - 1) instanceof Reply.Failed) {
                    return false;
                }
            }
            return true;
        });
        if (done) {
            change.adopt(part);
            return new Reply.Transacted(holds, List.copyOf(results));
        }
        int index = results.size() - 1;
        return new Reply.Failed(refused(
                branch.get(index), index, ((Reply.Failed) results.get(index)).problem(), call.session(), change));
    }

    /** Nothing is left of what was done before; but whoever holds the lock still learns that somebody wants it. */
    private static Problem refused(
            Request request, int index, Problem problem, @Nullable String session, Change change) {
        boolean isWanted = switch (problem.code()) {
            case LOCK_HELD, LOCK_DELAYED -> true;
            default -> false;
        };
        if (isWanted && request instanceof Request.Acquire acquire) {
            change.event(Event.Type.LOCK_REQUESTED, acquire.name(), session, 0);
        }
        return new Problem(
                problem.code(),
                "operation " + index + " cannot be done, so nothing was: " + problem.detail(),
                new Problem.InOperation(index, problem.extras()));
    }

    private boolean holds(Request.Guard guard) {
        if (guard instanceof Request.Guard.Exists exists) {
            return (find(exists.name()) != null) == exists.exists();
        } else if (guard instanceof Request.Guard.Version version) {
            Node node = find(version.name());
            return node != null
                    && (version.instance() == null || version.instance() == node.instance())
                    && (version.contentGeneration() == null || version.contentGeneration() == node.contentGeneration());
        } else if (guard instanceof Request.Guard.Valid valid) {
            return state.whyInvalid(valid.sequencer()) == null;
        } else if (guard instanceof Request.Guard.Alive alive) {
            return state.sessions().isAlive(alive.session());
        }
        return guard instanceof Request.Guard.Epoch epoch && epoch.epoch() == state.epoch();
    }

    private @Nullable Node find(Name name) {
        return state.namespace().find(name);
    }
}
