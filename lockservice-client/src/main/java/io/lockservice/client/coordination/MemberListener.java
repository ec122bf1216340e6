package io.lockservice.client.coordination;

/** Told who is in a group, in order and on the client's loop: must not block. One that throws is logged, and told on. */
public interface MemberListener {
    /** It is in the group; those that are there already are told first. */
    void joined(Member member);

    /** It has left, or its session has ended. Told once for every {@link #joined}, with the data that was told last. */
    void left(Member member);

    /** It tells something else of itself. */
    default void changed(Member member) {}
}
