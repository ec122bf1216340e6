package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import java.util.List;

/** Who is in the cell now: what the last chosen configuration says. It decides the slots above the chosen prefix. */
final class Membership {
    private final int self;
    private Configuration configuration;
    private boolean wasMember;

    Membership(int self, Configuration configuration) {
        this.self = self;
        this.configuration = configuration;
        this.wasMember = configuration.isVoter(self);
    }

    Configuration configuration() {
        return configuration;
    }

    /** Another configuration was chosen. */
    void become(Configuration next) {
        configuration = next;
        wasMember |= next.member(self).isPresent();
    }

    /** Whether this replica was in the cell and is not any more. */
    boolean hasLeft() {
        return wasMember && configuration.member(self).isEmpty();
    }

    /** Whether this replica has a vote, and so may lead. */
    boolean isVoter() {
        return configuration.isVoter(self);
    }

    /** Ids of all other members. */
    List<Integer> others() {
        return configuration.ids().stream().filter(id -> id != self).toList();
    }
}
