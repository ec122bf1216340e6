package io.lockservice.cell;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.repeat.KeyOutcomes;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.repeat.OriginOutcomes;
import io.lockservice.cell.repeat.Outcome;
import io.lockservice.cell.repeat.Waits;
import io.lockservice.cell.table.Lock;
import io.lockservice.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered so that a call is executed once, however often it arrives: outcomes by origin and by idempotency
 * key. The outcome of a call that waits for a lock is open until its place in the queue is gone; calls of one session
 * that wait at one place share that place's end.
 */
final class Repeats {
    private final State state;
    private final OriginOutcomes origins = new OriginOutcomes(this::isUndecided, this::release);
    private final KeyOutcomes keys = new KeyOutcomes(this::release);
    private final Waits waits = new Waits();

    Repeats(State state) {
        this.state = state;
    }

    /** The reply for a call that came before from this origin or is too old to tell; null for a new one. */
    @Nullable
    Reply of(Origin origin) {
        Outcome outcome = origins.find(origin);
        if (outcome != null) {
            return resolve(outcome);
        }
        return origins.isForgotten(origin)
                ? new Reply.Failed(new Problem(
                        ProblemCode.NO_LEADER,
                        "the outcome of this old call is no longer known, it was not executed again; read what is"
                                + " there"))
                : null;
    }

    /** The reply for a call whose idempotency key was used before; null for a new key, or none. */
    @Nullable
    Reply of(ClientCall call) {
        ClientCall.Idempotency idempotency = call.idempotency();
        if (idempotency == null) {
            return null;
        }
        KeyOutcomes.Kept kept = keys.find(scope(call), call.principal(), idempotency.key());
        if (kept == null) {
            return null;
        }
        if (kept.fingerprint() != idempotency.fingerprint()) {
            return new Reply.Failed(new Problem(
                    ProblemCode.IDEMPOTENCY_MISMATCH,
                    "the key '" + idempotency.key() + "' was used for another request; use a new key"));
        }
        return resolve(kept.outcome());
    }

    void remember(Command.Client command, Reply reply) {
        origins.put(command.origin(), outcome(command.call(), reply));
    }

    /** Keeps the outcome under the call's key, where it has one and the replicated state decided the outcome. */
    void remember(ClientCall call, Reply reply, Change change) {
        String session = scope(call);
        boolean decided = !(reply instanceof Reply.Failed failed)
                || failed.problem().code().kept();
        if (call.idempotency() == null
                || !decided
                || (session != null && !state.sessions().isAlive(session))) {
            return;
        }
        keys.put(
                session,
                call.principal(),
                call.idempotency().key(),
                new KeyOutcomes.Kept(call.idempotency().fingerprint(), change.revision(), outcome(call, reply)));
    }

    /** Takes in which waits and which sessions a command ended. */
    void learn(Change change) {
        change.endedWaits().forEach(waits::end);
        change.ended().forEach(keys::forgetSession);
    }

    /**
     * Forgets old keys. A key stored by a command without a revision counts as stored at the next one: so that
     * there will be a next one to retire it by, its presence makes this command a visible change.
     */
    void retireKeys(long throughRevision, Change change) {
        keys.retire(throughRevision);
        if (keys.newestStoredAt() > state.revision()) {
            change.touch();
        }
    }

    int keyCount() {
        return keys.count();
    }

    /** Sessions' keys go with the session, the others by time. Opening and closing are not done within a session. */
    private static @Nullable String scope(ClientCall call) {
        boolean aboutSession =
                call.request() instanceof Request.OpenSession || call.request() instanceof Request.CloseSession;
        return aboutSession ? null : call.session();
    }

    private Outcome outcome(ClientCall call, Reply reply) {
        if (!(reply instanceof Reply.Queued) || !(call.request() instanceof Request.Acquire acquire)) {
            return new Outcome.Final(reply);
        }
        String session = Check.present(call.session(), "only a session waits");
        Lock.Waiting place = Check.present(
                state.namespace().at(acquire.name()).lock().placeOf(session), "whoever is queued has a place");
        waits.refer(place.ticket(), acquire.name(), session);
        return new Outcome.Open(place.ticket());
    }

    private Reply resolve(Outcome outcome) {
        if (outcome instanceof Outcome.Final known) {
            return known.reply();
        }
        long ticket = ((Outcome.Open) outcome).ticket();
        Waits.Wait wait = Check.present(waits.find(ticket), "an open outcome has its wait");
        if (wait.ended() != null) {
            return wait.ended();
        }
        Lock lock = state.namespace().at(wait.name()).lock();
        Lock.Waiting place = Check.present(lock.placeOf(wait.session()), "a wait that has not ended has its place");
        Check.that(place.ticket() == ticket, "a wait has its own place", place.ticket(), ticket);
        return new Reply.Queued(lock.positionOf(place));
    }

    /** Whether the call still has its place in a queue. */
    private boolean isUndecided(Outcome outcome) {
        Waits.Wait wait = outcome instanceof Outcome.Open open ? waits.find(open.ticket()) : null;
        return wait != null && wait.ended() == null;
    }

    /** An outcome is forgotten. */
    private void release(Outcome outcome) {
        if (outcome instanceof Outcome.Open open) {
            waits.release(open.ticket());
        }
    }

    /** The sum of the hashes of all that is remembered. */
    long sum() {
        return origins.sum() + keys.sum() + waits.sum();
    }

    /** {@link #sum} from the records themselves. */
    long recomputedSum() {
        return origins.recomputedSum() + keys.recomputedSum() + waits.recomputedSum();
    }

    OriginOutcomes origins() {
        return origins;
    }

    KeyOutcomes keys() {
        return keys;
    }

    Waits waits() {
        return waits;
    }
}
