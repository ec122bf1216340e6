package io.lockservice.client.observe;

/**
 * Told what a client does, on its loop: must not block. One that throws is logged, and disturbs nobody. For metrics and
 * tracing; {@code client.metrics} has one for Micrometer.
 */
public interface ClientObserver {
    /** How an operation ended. */
    enum Outcome {
        /** The cell did it, or answered a question. */
        DONE,
        /** The cell refused it. */
        REFUSED,
        /** Its deadline passed, and nothing was done. */
        NOT_DONE,
        /** Its deadline passed, and it may have been done. */
        UNKNOWN,
        /** Nobody wanted it any more. */
        CANCELLED
    }

    /** A session ended: this program closed it, or it ran out. */
    default void sessionEnded(boolean closedHere) {}

    /**
     * A keep-alive ended.
     *
     * @param nanos from sending the attempt that was answered to its answer; where none was, of all attempts
     */
    default void keepAlive(Outcome outcome, long nanos) {}

    /**
     * An operation other than a keep-alive ended.
     *
     * @param method as in HTTP
     * @param path of the request, with its query
     * @param retries how often it was sent again
     * @param nanos over all attempts, with what the cell waited
     */
    default void operation(String method, String path, Outcome outcome, int retries, long nanos) {}

    /** A lock of this name is held from now on. */
    default void lockHeld(String name) {}

    /**
     * It is held no more.
     *
     * @param nanos how long it was held
     * @param lost whether that happened other than by releasing it
     */
    default void lockEnded(String name, long nanos, boolean lost) {}
}
