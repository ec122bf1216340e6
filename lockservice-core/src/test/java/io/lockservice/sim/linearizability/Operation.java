package io.lockservice.sim.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * One call of one client, and what it was told.
 *
 * @param call what was asked
 * @param answer what came back; null where the outcome is unknown: it may have happened at any time from the call on, may
 *     still happen, or never
 * @param calledNanos when it was sent first, in true time
 * @param answeredNanos when the answer came, or when the call could take effect no more; {@link #NEVER} for neither
 */
public record Operation<C, A>(C call, @Nullable A answer, long calledNanos, long answeredNanos) {
    /** The answer's time where there was none. */
    public static final long NEVER = Long.MAX_VALUE;

    /** A call that was answered. */
    public static <C, A> Operation<C, A> answered(C call, A answer, long calledNanos, long answeredNanos) {
        return new Operation<>(call, answer, calledNanos, answeredNanos);
    }

    /** A call of which nobody knows what became, but which can take effect no more after {@code untilNanos}. */
    public static <C, A> Operation<C, A> unknownUntil(C call, long calledNanos, long untilNanos) {
        return new Operation<>(call, null, calledNanos, untilNanos);
    }

    /** A call of which nobody knows what became. */
    public static <C, A> Operation<C, A> unknown(C call, long calledNanos) {
        return new Operation<>(call, null, calledNanos, NEVER);
    }
}
