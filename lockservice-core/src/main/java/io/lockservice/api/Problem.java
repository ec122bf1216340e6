package io.lockservice.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A refusal (RFC 9457).
 *
 * @param code what kind
 * @param detail one plain sentence: what is wrong and what to do
 * @param extras what the code adds, {@link None} for most
 */
public record Problem(ProblemCode code, String detail, Extras extras) {
    /** A problem that adds nothing to its code. */
    public Problem(ProblemCode code, String detail) {
        this(code, detail, new None());
    }

    /** A {@link ProblemCode#BAD_REQUEST} about one field. */
    public static Problem badField(String field, String detail) {
        return new Problem(ProblemCode.BAD_REQUEST, detail, new Field(field));
    }

    /** A {@link ProblemCode#NO_SUCH_NODE} about {@code name}. */
    public static Problem noSuchNode(Name name) {
        return new Problem(ProblemCode.NO_SUCH_NODE, "there is no node '" + name + "'; make it first");
    }

    /** A {@link ProblemCode#SESSION_EXPIRED} about {@code session}. */
    public static Problem sessionExpired(String session) {
        return new Problem(
                ProblemCode.SESSION_EXPIRED,
                "session '" + session
                        + "' is over or never was; open a new one, nothing that the old one held is left");
    }

    /** What a problem says beyond its detail. */
    public sealed interface Extras {}

    /** Nothing. */
    public record None() implements Extras {}

    /** The field, parameter or header ({@code header:<Name>}) that is wrong. */
    public record Field(String field) implements Extras {}

    /** Who holds the lock, and how many wait. */
    public record Held(List<Reply.Holder> holders, int waiters) implements Extras {}

    /**
     * For how long nobody gets the lock.
     *
     * @param tokens of the holds that ended with their sessions
     * @param remainingMs -1 where the answering replica does not know it
     */
    public record Delayed(List<Long> tokens, long remainingMs) implements Extras {}

    /** Sessions of which each waits for the next, and the last for the first. */
    public record Cycle(List<Waiting> cycle) implements Extras {}

    /** A session that waits for the lock of the node {@code name}. */
    public record Waiting(String session, String client, String name) {}

    /** As {@code extras}, of the operation {@code index} of a transaction, from 0; nothing was done. */
    public record InOperation(int index, Extras extras) implements Extras {}

    /** The oldest {@code since} for which all events are kept. */
    public record Compacted(long oldestRevision) implements Extras {}

    /** The node as it is now; null where there is none. */
    public record Current(@Nullable Stat stat) implements Extras {}

    /** The session that owns the node that is in the way; null where nobody does. */
    public record Owned(@Nullable String owner) implements Extras {}

    /** Why the sequencer is not valid. */
    public record Invalid(InvalidSequencer reason) implements Extras {}

    /** The largest size allowed, in bytes. */
    public record Limit(long limitBytes) implements Extras {}
}
