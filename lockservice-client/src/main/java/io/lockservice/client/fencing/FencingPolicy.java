package io.lockservice.client.fencing;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockMode;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Sequencer;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.vertx.core.Future;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests of an HTTP server need which lock, and how their {@code Lockservice-Sequencer} is checked. Refused are:
 *
 * <ul>
 *   <li>with {@code 400 bad-request}: no header, more than one, or no sequencer at all;
 *   <li>with {@code 412 sequencer-invalid}, as the cell does: a sequencer of another lock, a shared one, one whose token is
 *       smaller than one seen before, and, {@linkplain #confirmedBy where the cell is asked}, one that is not valid now;
 *   <li>with {@code 503}: where the cell was to be asked and did not answer ({@code no-leader}), or the token could not be
 *       saved ({@code overloaded}). Nothing was done.
 * </ul>
 *
 * <p>Nobody can tell from a sequencer alone that the cell really gave it. One that was made up, with a huge token, shuts all
 * others out: offline checks are for callers that are trusted, or authenticated, elsewhere. Immutable, from any thread.
 */
public final class FencingPolicy {
    /** The header that carries the sequencer. */
    public static final String HEADER = "Lockservice-Sequencer";

    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS", "TRACE");
    private static final Set<String> ABOUT_THE_SEQUENCER = Set.of("bad-request", "bad-name", "wrong-cell");

    private final TokenGuard guard;
    private final Locks locks;
    private final @Nullable LockServiceClient cell;

    private FencingPolicy(TokenGuard guard, Locks locks, @Nullable LockServiceClient cell) {
        this.guard = guard;
        this.locks = locks;
        this.cell = cell;
    }

    /** Says which lock a request needs. */
    @FunctionalInterface
    public interface Locks {
        /**
         * The lock's full name with the real cell's name, as in {@code /ls/local/app/primary}; null where the request needs
         * none. Answer with few names: the guard remembers each for ever.
         *
         * @param method in capitals
         * @param path as it was sent, not decoded, without the query
         */
        @Nullable
        String lockFor(String method, String path);
    }

    /** All but GET, HEAD, OPTIONS and TRACE need this lock. */
    public static FencingPolicy forWrites(TokenGuard guard, String lock) {
        return of(guard, (method, path) -> READS.contains(method) ? null : lock);
    }

    /** Requests need the lock that {@code locks} says. */
    public static FencingPolicy of(TokenGuard guard, Locks locks) {
        return new FencingPolicy(guard, locks, null);
    }

    /**
     * The same, and the cell is asked too, with each request: {@code POST /v1/sequencers/check}. So a hold that ended is
     * refused before the next holder has come, and a sequencer that was made up never reaches the guard. The guard is still
     * needed, for what happens between the cell's answer and the write.
     */
    public FencingPolicy confirmedBy(LockServiceClient client) {
        return new FencingPolicy(guard, locks, client);
    }

    /** The lock that a request needs, or null. */
    @Nullable
    String lockFor(String method, String path) {
        return locks.lockFor(method, path);
    }

    /** What can be said without waiting: a refusal, or nothing yet. */
    Optional<Refusal> atSight(String lock, List<String> headers) {
        if (headers.size() != 1) {
            String count = headers.isEmpty() ? "no" : "more than one";
            return Optional.of(Refusal.badHeader(
                    "there is " + count + " header " + HEADER + "; send the sequencer of your hold of " + lock));
        }
        Optional<Sequencer> sequencer = Sequencer.parse(headers.get(0));
        if (sequencer.isEmpty()) {
            return Optional.of(Refusal.badHeader("this is not a sequencer; send it as the cell gave it"));
        }
        if (!sequencer.get().name().equals(lock)) {
            return Optional.of(Refusal.invalid(
                    "nothing was done: this needs the lock " + lock + ", and the sequencer is of another", null));
        }
        if (sequencer.get().mode() != LockMode.EXCLUSIVE) {
            return Optional.of(Refusal.invalid(
                    "nothing was done: this needs " + lock + " exclusively, and it is held as shared", null));
        }
        try {
            guard.check(lock, sequencer.get().token());
            return Optional.empty();
        } catch (StaleTokenException e) {
            return Optional.of(Refusal.superseded(e));
        }
    }

    /** What the cell says, where it is to be asked. Never fails. */
    Future<Optional<Refusal>> byTheCell(String sequencer) {
        if (cell == null) {
            return Future.succeededFuture(Optional.empty());
        }
        return cell.execute(Operation.checkSequencer(sequencer))
                .map(response -> judged(response.json()))
                .recover(failure -> Future.succeededFuture(Optional.of(unanswered(failure))));
    }

    /** Whether {@link #byTheGuard} does not block. */
    boolean guardAnswersAtOnce(String lock, Sequencer sequencer) {
        return guard.answersAtOnce(lock, sequencer.token());
    }

    /** The guard's word, the last one. Blocks where a larger token has to be saved. */
    Optional<Refusal> byTheGuard(String lock, Sequencer sequencer) {
        try {
            guard.admit(lock, sequencer.token());
            return Optional.empty();
        } catch (StaleTokenException e) {
            return Optional.of(Refusal.superseded(e));
        } catch (UncheckedIOException e) {
            System.getLogger(FencingPolicy.class.getName())
                    .log(System.Logger.Level.ERROR, "requests of a new holder of " + lock + " are refused", e);
            return Optional.of(new Refusal(
                    ProblemCode.OVERLOADED, "nothing was done: the token could not be saved; try again", null, null));
        }
    }

    private static Optional<Refusal> judged(JsonNode answer) {
        if (answer.path("valid").asBoolean(false)) {
            return Optional.empty();
        }
        String reason = answer.path("reason").asText(InvalidSequencer.SUPERSEDED.label());
        return Optional.of(Refusal.invalid(
                "nothing was done: the lock that this sequencer stands for is no longer held (" + reason + ")",
                reason));
    }

    private static Refusal unanswered(Throwable failure) {
        if (failure instanceof LockServiceException refused && ABOUT_THE_SEQUENCER.contains(refused.code())) {
            return Refusal.invalid("nothing was done: " + refused.detail(), null);
        }
        return new Refusal(
                ProblemCode.NO_LEADER, "nothing was done: the cell could not be asked about the sequencer", null, null);
    }
}
