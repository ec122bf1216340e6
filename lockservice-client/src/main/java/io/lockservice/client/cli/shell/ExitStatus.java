package io.lockservice.client.cli.shell;

import io.lockservice.client.LockHeldException;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.NoLeaderException;
import io.lockservice.client.OutcomeUnknownException;
import io.lockservice.client.Problems;
import java.util.Set;
import java.util.stream.Collectors;

/** What a failure means for whoever called: the exit status, and the line that says what is wrong and what to do. */
public final class ExitStatus {
    /** Done. */
    public static final int DONE = 0;

    /** Refused: held, a mismatch, not found. */
    public static final int REFUSED = 1;

    /** The command line cannot be understood. */
    public static final int USAGE = 2;

    /** The cell cannot be reached, or has no leader. */
    public static final int UNREACHABLE = 3;

    /** The program to run under a lock is not there; a shell's status for that. */
    public static final int COMMAND_NOT_FOUND = 127;

    static final String UNREACHABLE_CODE = "unreachable";

    private static final Set<String> USAGE_CODES = Set.of("bad-name", "bad-request");

    private ExitStatus() {}

    /** The exit status for a failure. */
    public static int of(Throwable failure) {
        if (failure instanceof CommandFailure known) {
            return known.status();
        }
        if (!Problems.isDefinite(failure)) {
            return UNREACHABLE;
        }
        boolean misspelt = failure instanceof LockServiceException refusal && USAGE_CODES.contains(refusal.code());
        return misspelt ? USAGE : REFUSED;
    }

    /** The kind of a failure, for programs. */
    public static String code(Throwable failure) {
        if (failure instanceof CommandFailure known) {
            return known.code();
        }
        return failure instanceof LockServiceException refusal ? refusal.code() : "failed";
    }

    /** One line for people, with the code where it adds something. */
    public static String message(Throwable failure) {
        boolean plain = failure instanceof LockServiceException refusal
                && of(refusal) != UNREACHABLE
                && !(refusal instanceof LockHeldException);
        return plain ? detail(failure) + " (" + code(failure) + ")" : detail(failure);
    }

    /** What is wrong and what to do, in one line. */
    public static String detail(Throwable failure) {
        if (failure instanceof LockHeldException held && !held.holders().isEmpty()) {
            return "the lock is " + holders(held) + "; wait for it with --wait, or ask again later";
        }
        if (failure instanceof NoLeaderException away && away.code().equals(UNREACHABLE_CODE)) {
            return "no replica of the cell answers: start it, or say with --cell or LOCKSERVICE_CELL where it is ("
                    + (away.getCause() == null ? away.detail() : away.getCause().getMessage()) + ")";
        }
        if (failure instanceof NoLeaderException leaderless) {
            return "the cell does not serve now; `lockctl status` shows which replicas answer (" + leaderless.code()
                    + ", " + leaderless.detail() + ")";
        }
        if (failure instanceof OutcomeUnknownException unknown) {
            return "no answer in time, and it may have been done: look before you repeat it (" + unknown.detail() + ")";
        }
        if (failure instanceof LockServiceException refusal) {
            return refusal.detail();
        }
        String message = failure.getMessage();
        return failure instanceof CommandFailure && message != null ? message : failure.toString();
    }

    /** Who holds a lock, in words. */
    public static String holders(LockHeldException held) {
        String who = held.holders().stream()
                .map(holder -> holder.client()
                        + (holder.note().isEmpty() ? "" : " (" + holder.note() + ")")
                        + (holder.heldMs() < 0 ? "" : " for " + Durations.text(holder.heldMs())))
                .collect(Collectors.joining(", "));
        return "held by " + who + (held.waiters() > 0 ? ", " + held.waiters() + " waiting" : "");
    }
}
