package io.lockservice.client.node;

import io.lockservice.api.Name;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Session;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this session is changing. The cell neither tells a session of its own changes nor waits for it, so from before such an
 * operation is sent until its outcome is known there are no copies of what it is about. Where the outcome stays unknown, a
 * packet may still be on its way: there are none any more, unless a repeat with the same key settles it. Confined to the loop.
 */
final class OwnWrites implements Session.WriteGuard {
    /** Beyond so many, no copy is kept of anything, and so it plays no part what others were about. */
    private static final int MOST_UNSETTLED = 1_000;

    private final Session session;
    private final Function<String, @Nullable Name> handles;
    private final Consumer<Scope> drop;
    private final List<Scope> underWay = new ArrayList<>();
    private final Map<Object, Scope> unsettled = new HashMap<>();
    private boolean tooMany;

    /** {@code drop} drops the copies of a scope, and has reads that are under way not kept. */
    OwnWrites(Session session, Function<String, @Nullable Name> handles, Consumer<Scope> drop) {
        this.session = session;
        this.handles = handles;
        this.drop = drop;
    }

    @Override
    public Consumer<@Nullable Throwable> sending(Operation operation) {
        Scope scope = Scope.of(operation, session.cell(), handles);
        if (scope.isNothing()) {
            return failure -> {};
        }
        underWay.add(scope);
        drop.accept(scope);
        return failure -> ended(operation, scope, failure);
    }

    private void ended(Operation operation, Scope scope, @Nullable Throwable failure) {
        underWay.remove(scope);
        // What was read meanwhile may have been read before.
        drop.accept(scope);
        boolean isKnown = failure == null || (failure instanceof LockServiceException said && !said.outcomeUnknown());
        if (!isKnown) {
            Object key = failure instanceof OutcomeUnknownException unknown ? unknown.idempotencyKey() : new Object();
            if (unsettled.size() < MOST_UNSETTLED) {
                unsettled.put(key, scope);
            } else {
                tooMany = true;
            }
        } else if (operation.key() != null) {
            unsettled.remove(operation.key());
        }
    }

    /** How many outcomes are known to be unknown. */
    int unsettled() {
        return unsettled.size();
    }

    /** Whether no copy may be kept of the node. */
    boolean isAbout(Name name) {
        return tooMany
                || underWay.stream().anyMatch(scope -> scope.covers(name))
                || unsettled.values().stream().anyMatch(scope -> scope.covers(name));
    }
}
