package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Request;
import io.lockservice.cell.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * What makes the state larger. It has to wait until the disks have room; whatever gives something up goes on, and so does
 * whatever a session needs to keep what it has.
 */
final class Growth {
    private Growth() {}

    /** Whether {@code call}, a write, may make the state larger. */
    static boolean isBy(ClientCall call, StateMachine state) {
        return isBy(call.request(), call.session(), state);
    }

    private static boolean isBy(Request request, @Nullable String session, StateMachine state) {
        if (request instanceof Request.Transaction transaction) {
            return transaction.operations().anyMatch(each -> isBy(each, session, state));
        }
        if (request instanceof Request.Acquire acquire) {
            return session == null
                    || (state.held(acquire.name(), session) == null && state.queued(acquire.name(), session) == null);
        }
        return request instanceof Request.WriteFile
                || request instanceof Request.Register
                || request instanceof Request.MakeDirectory
                || request instanceof Request.OpenHandle
                || request instanceof Request.OpenSession;
    }

    static Problem refusal() {
        return new Problem(
                ProblemCode.STORAGE_FULL,
                "the disks of too many replicas are nearly full, so this was refused: delete what is not needed or make room"
                        + " on those disks, and try again");
    }
}
