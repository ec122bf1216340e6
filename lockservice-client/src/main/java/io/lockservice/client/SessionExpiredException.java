package io.lockservice.client;

/** The session is over, and with it every lock it held. Open a new one; nothing does that behind your back. */
public final class SessionExpiredException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    /** The code of a session that ran out. */
    public static final String EXPIRED = "session-expired";

    /** The code of a session that this program closed. */
    public static final String CLOSED = "session-closed";

    SessionExpiredException(String code, String detail) {
        super(code, detail);
    }

    /** Whether this program closed the session itself. */
    public boolean closedHere() {
        return code().equals(CLOSED);
    }
}
