package io.lockservice.paxos;

import io.lockservice.check.Check;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Who votes. A value: changing it will be an entry in the log.
 *
 * @param voters replica ids, ascending, without repeats
 */
public record Configuration(List<Integer> voters) {
    /** Checks and copies. */
    public Configuration {
        Check.that(!voters.isEmpty(), "a configuration has at least one voter");
        Check.that(voters.stream().allMatch(id -> id > 0), "replica ids are positive");
        Check.that(voters.stream().distinct().count() == voters.size(), "a voter is listed once");
        voters = voters.stream().sorted().toList();
    }

    /** The size of the smallest majority. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    /** How many voters may be lost with the cell still able to decide. */
    public int faultTolerance() {
        return voters.size() - majority();
    }

    /** Whether {@code replicas}, among whom strangers and repeats do not count, are a majority of the voters. */
    public boolean isQuorum(Collection<Integer> replicas) {
        return voters.stream().filter(replicas::contains).count() >= majority();
    }

    /**
     * The largest number that a majority of the voters has reached.
     *
     * @param reached what each voter has reached; who is missing has reached nothing
     * @param nothing stands for who is missing
     */
    public long reachedByQuorum(Map<Integer, Long> reached, long nothing) {
        long[] sorted = voters.stream()
                .mapToLong(id -> reached.getOrDefault(id, nothing))
                .sorted()
                .toArray();
        return sorted[voters.size() - majority()];
    }

    @Override
    public String toString() {
        return Arrays.toString(voters.toArray());
    }
}
