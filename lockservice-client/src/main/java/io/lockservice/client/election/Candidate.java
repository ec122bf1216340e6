package io.lockservice.client.election;

/**
 * A program that wants to lead. Both methods are called on one thread that belongs to the election, never at the same
 * time, and may block.
 */
public interface Candidate {
    /**
     * This program leads until {@link #revoked()}. It may return at once or do its work in here: when the leadership ends
     * the thread is interrupted. Where it throws, the leadership is given up.
     *
     * @param leadership its token goes with everything the leader does to others
     * @throws Exception whatever the leader's work throws
     */
    void elected(Leadership leadership) throws Exception;

    /**
     * Stop leading, now. Called before the lease ends, by the stop margin; the lock is given to others once this returns,
     * or when the lease ends. Called once for every call of {@link #elected}, after that has returned.
     *
     * @throws Exception is logged
     */
    void revoked() throws Exception;
}
