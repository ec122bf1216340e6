package io.lockservice.founding;

import io.lockservice.log.Configuration;

/** What replicas say to each other about who is in the cell at all. Every message may be lost, late, repeated or out of order. */
public sealed interface FoundingMessage {
    /** A replica that is in no cell, as far as it knows, to all it has heard of: with these data I would be in yours. */
    record Hello() implements FoundingMessage {}

    /**
     * The answer of one that knows no cell either.
     *
     * @param incarnation of the data of the one that asked: an answer to a replica that has lost its data since is none
     */
    record Blank(long incarnation) implements FoundingMessage {}

    /**
     * The answer of one that knows who founded the cell, to one of those.
     *
     * @param configuration the first members
     */
    record Founded(Configuration configuration) implements FoundingMessage {}
}
