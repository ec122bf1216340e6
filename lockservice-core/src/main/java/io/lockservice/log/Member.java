package io.lockservice.log;

import io.lockservice.check.Check;

/**
 * A replica as the cell's configuration knows it.
 *
 * @param id the replica's id, positive
 * @param incarnation the random number made with its data directory, so that a replica which lost its data is told apart
 *     from the one that voted; 0 where the cell has not met it yet
 * @param voter whether its votes count; else it is a learner
 * @param host where the others and clients connect to it
 * @param bus port of the bus
 * @param http port of the HTTP door
 */
public record Member(int id, long incarnation, boolean voter, String host, int bus, int http) {
    /** The same with a vote. */
    public Member asVoter() {
        return new Member(id, incarnation, true, host, bus, http);
    }

    /** The same without a vote, with the data that it has now: what earlier data promised is lost. */
    public Member asLearner(long newIncarnation) {
        return new Member(id, newIncarnation, false, host, bus, http);
    }

    /** Whether this is the replica {@code otherId} with that data. */
    public boolean is(int otherId, long otherIncarnation) {
        return id == otherId && incarnation == otherIncarnation;
    }

    /** Checks the id. */
    public Member {
        Check.that(id > 0, "replica ids are positive");
    }
}
