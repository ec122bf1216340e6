package io.lockservice.client.cli.program;

/**
 * When a program that runs under a lock has to go, counted back from the end of the lease.
 *
 * @param graceMs for how long it may put things in order after TERM
 * @param killMs how long before the end of the lease it is killed whatever happens
 */
public record Margins(long graceMs, long killMs) {
    private static final int GRACES_PER_LEASE = 4;
    private static final long MAX_DEFAULT_GRACE_MS = 5_000;
    private static final int KILLS_PER_LEASE = 10;
    private static final long MAX_KILL_MS = 500;

    /** The margins of a lease where nothing else was asked for. */
    public static Margins of(long leaseMs) {
        return of(leaseMs, Math.min(MAX_DEFAULT_GRACE_MS, leaseMs / GRACES_PER_LEASE));
    }

    /** The margins of a lease with this grace. */
    public static Margins of(long leaseMs, long graceMs) {
        return new Margins(graceMs, Math.min(MAX_KILL_MS, leaseMs / KILLS_PER_LEASE));
    }

    /**
     * The longest grace in a lease. Between two keep-alives a third of the lease passes, so that there is never more than
     * two thirds left for certain; some of that is for keep-alives that are late.
     */
    public static long longestGraceMs(long leaseMs) {
        return leaseMs / 2 - Math.min(MAX_KILL_MS, leaseMs / KILLS_PER_LEASE);
    }

    /** How much of the lease is left when TERM is sent. */
    public long termMs() {
        return graceMs + killMs;
    }
}
