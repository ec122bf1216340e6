package io.lockservice.client.election;

/**
 * Told of a latch's leadership, on one thread that belongs to the latch, in order and never two calls at the same time; it may
 * block. Where the leadership ends while {@link #isLeader} is being called, the thread is interrupted.
 */
public interface LatchListener {
    /**
     * This program leads.
     *
     * @param leadership its token goes with everything the leader does to others
     */
    void isLeader(Leadership leadership);

    /** It leads no more. Called once for every call of {@link #isLeader}, before the lock is given to others or the lease ends. */
    void notLeader();
}
