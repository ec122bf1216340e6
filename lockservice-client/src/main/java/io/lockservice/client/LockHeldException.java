package io.lockservice.client;

import io.lockservice.api.Reply;
import java.util.List;

/** Somebody else holds the lock: {@link #holders()} says who, since when and with which note. */
public final class LockHeldException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    private final transient List<Reply.Holder> holders;
    private final int waiters;

    /** A refusal by these holders, with so many waiting. */
    public LockHeldException(String detail, List<Reply.Holder> holders, int waiters) {
        super("lock-held", detail);
        this.holders = List.copyOf(holders);
        this.waiters = waiters;
    }

    /** Who holds it, as the cell saw it when it answered. */
    public List<Reply.Holder> holders() {
        return holders;
    }

    /** How many wait for it. */
    public int waiters() {
        return waiters;
    }
}
