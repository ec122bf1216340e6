package io.lockservice.api.event;

import io.lockservice.api.InvalidSequencer;

/**
 * What one session is told with its keep-alives, until it says that it has taken it in (Burrows, section 2.5).
 *
 * @param seq counts a session's events, ascending from 1; one that is overtaken by a later one leaves a gap
 * @param notice what it is told
 */
public record SessionEvent(long seq, Notice notice) {
    /** What a session can be told. */
    public sealed interface Notice {}

    /** An event that one of its handles asked for, or the grant of a lock for which it kept a place in the queue. */
    public record Happened(Event event) implements Notice {}

    /**
     * A lock that it held, or waited for at a place that was to be kept, is taken from it.
     *
     * @param name the node
     * @param token of the grant, 0 for a place in the queue
     * @param reason why
     */
    public record LockLost(String name, long token, InvalidSequencer reason) implements Notice {}

    /** Another leader has begun. Only the newest is kept. */
    public record LeaderChanged(long epoch) implements Notice {}

    /** What it may have cached of this node is about to change: it is to be dropped. */
    public record Invalidate(String name) implements Notice {}

    /** It did not take its events in: the oldest {@code count} were dropped, so it has to look at what there is. */
    public record Dropped(long count) implements Notice {}
}
