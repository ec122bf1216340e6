package io.lockservice.client;

/**
 * Told what happens to a session, in order, on the client's loop: must not block. A listener that throws is logged and
 * does not keep the others from being told.
 */
public interface SessionListener {
    /**
     * An event for a session, such as {@code lock-lost}.
     *
     * @param seq grows with each event of the session
     * @param type as in API.md, section 5
     * @param name the node, empty where the type has none
     */
    record Event(long seq, String type, String name) {}

    /** The lease was extended; {@link Session#remainingMs()} shows it. */
    default void renewed(Session session) {}

    /** The lease ran out without an answer: stop what the session's locks guard until {@link #safe} comes. */
    default void jeopardy(Session session) {}

    /** After {@link #jeopardy}: the session lived on, and its locks are held as before. */
    default void safe(Session session) {}

    /** It is over, the last call for this session. {@link SessionExpiredException#closedHere()} tells who ended it. */
    default void expired(Session session, SessionExpiredException reason) {}

    /** An event came with a keep-alive. */
    default void event(Session session, Event event) {}
}
