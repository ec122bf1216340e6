package io.lockservice.cell;

/** What a replica remembers about time beside the replicated state, for showing it to people. Milliseconds; -1 unknown. */
public interface Elapsed {
    /** Knows nothing. */
    Elapsed UNKNOWN = new Elapsed() {
        @Override
        public long leaseRemainingMs(String session) {
            return -1;
        }

        @Override
        public long sinceGrantMs(long token) {
            return -1;
        }

        @Override
        public long sinceQueuedMs(long ticket) {
            return -1;
        }

        @Override
        public long delayRemainingMs(long token) {
            return -1;
        }
    };

    /** What is left of a session's lease. */
    long leaseRemainingMs(String session);

    /** How long ago the grant with this token was applied. */
    long sinceGrantMs(long token);

    /** How long ago the place with this ticket was taken. */
    long sinceQueuedMs(long ticket);

    /** For how long the lock of the hold with this token is still kept from everybody. */
    long delayRemainingMs(long token);
}
