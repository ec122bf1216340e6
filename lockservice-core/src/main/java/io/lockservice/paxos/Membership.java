package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import java.util.List;

/**
 * Who is in the cell now: what the last chosen configuration says. It decides the slots above the chosen prefix. A member
 * is a replica together with its data: one that lost them is another, whose votes do not count.
 */
final class Membership {
    private final int self;
    private final long incarnation;
    private Configuration configuration;
    private boolean wasMember;

    /** This replica, with its data's {@code incarnation}. */
    Membership(int self, long incarnation, Configuration configuration) {
        this.self = self;
        this.incarnation = incarnation;
        this.configuration = configuration;
        this.wasMember = isMember();
    }

    Configuration configuration() {
        return configuration;
    }

    /** Another configuration was chosen. */
    void become(Configuration next) {
        configuration = next;
        wasMember |= isMember();
    }

    /** Whether this replica, with the data it has, is in the cell. */
    boolean isMember() {
        return configuration.has(self, incarnation);
    }

    /** Whether this replica was in the cell and is not any more. */
    boolean hasLeft() {
        return wasMember && !isMember();
    }

    /** Whether this replica has a vote, and so may lead. */
    boolean isVoter() {
        return configuration.isVoter(self, incarnation);
    }

    /** Ids of all other members. */
    List<Integer> others() {
        return configuration.ids().stream().filter(id -> id != self).toList();
    }
}
