package io.lockservice.client.fake;

/** How one replica of the fake cell behaves. */
public enum FakeReplica {
    /** Answers. */
    UP,
    /** Nothing listens there. */
    REFUSING,
    /** Takes calls and does nothing. */
    SILENT,
    /** Does what it is told, and the answer gets lost. */
    DEAF,
    /** Says 503 no-leader. */
    LEADERLESS,
    /** Says 503 overloaded, with Retry-After. */
    OVERLOADED,
    /** Says 507 storage-full. */
    FULL
}
