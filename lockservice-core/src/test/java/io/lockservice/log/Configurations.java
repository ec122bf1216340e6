package io.lockservice.log;

import java.util.Collection;

/** Configurations for tests. */
public final class Configurations {
    private Configurations() {}

    /** Voters with these ids; the incarnation of each is its id. */
    public static Configuration ofVoters(Collection<Integer> ids) {
        return new Configuration(ids.stream()
                .map(id -> new Member(id, id, true, "replica" + id, 7400 + id, 7300 + id))
                .toList());
    }
}
