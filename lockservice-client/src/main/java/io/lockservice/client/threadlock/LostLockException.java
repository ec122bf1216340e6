package io.lockservice.client.threadlock;

/**
 * The lock had been lost when it was used or unlocked: what was done under it since may have been done by two. It is not
 * held by this thread any more, and may be locked anew.
 */
public final class LostLockException extends IllegalMonitorStateException {
    private static final long serialVersionUID = 1L;

    LostLockException(String name) {
        super("the lock " + name + " was lost while it was held: its session ended, or an operator released it");
    }
}
