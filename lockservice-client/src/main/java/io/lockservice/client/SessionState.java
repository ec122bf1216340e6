package io.lockservice.client;

/** What a program may believe of its session (Burrows, section 2.8). */
public enum SessionState {
    /** The cell keeps the session: its locks are held. */
    SAFE,
    /** The lease ran out without an answer. The locks may be gone: touch nothing they guard, and wait. */
    JEOPARDY,
    /** It is over, for good. */
    EXPIRED
}
