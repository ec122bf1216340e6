package io.lockservice.log;

import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is in the cell, and who votes. A value: changing it is an entry in the log ({@link Value#reconfigure}).
 *
 * @param members ascending by id, each id once
 */
public record Configuration(List<Member> members) {
    /** Nobody: what a replica knows that has not been told yet. */
    public static final Configuration EMPTY = new Configuration(List.of());

    /** Checks and copies. */
    public Configuration {
        Check.that(members.stream().map(Member::id).distinct().count() == members.size(), "a replica is listed once");
        members = members.stream().sorted(Comparator.comparingInt(Member::id)).toList();
    }

    /** Whether nobody is in it. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    /** Ids of those whose votes count, ascending. */
    public List<Integer> voters() {
        return members.stream().filter(Member::voter).map(Member::id).toList();
    }

    /** Ids of those whose votes do not count yet, ascending. */
    public List<Integer> learners() {
        return members.stream().filter(each -> !each.voter()).map(Member::id).toList();
    }

    /** The member with that id. */
    public Optional<Member> member(int id) {
        return members.stream().filter(each -> each.id() == id).findFirst();
    }

    /** Whether the vote of a replica with that id and data counts. */
    public boolean isVoter(int id, long incarnation) {
        return member(id)
                .filter(each -> each.voter() && each.incarnation() == incarnation)
                .isPresent();
    }

    /** This one with {@code member} added or in the place of the one with its id. */
    public Configuration with(Member member) {
        List<Member> next = new ArrayList<>(without(member.id()).members());
        next.add(member);
        return new Configuration(next);
    }

    /** This one without the member with that id. */
    public Configuration without(int id) {
        return new Configuration(
                members.stream().filter(each -> each.id() != id).toList());
    }

    /** The size of the smallest majority of the voters. */
    public int majority() {
        return voters().size() / 2 + 1;
    }

    /** How many voters may be lost with the cell still able to decide. */
    public int faultTolerance() {
        return voters().size() - majority();
    }

    /** Whether {@code replicas}, among whom learners, strangers and repeats do not count, are a majority of the voters. */
    public boolean isQuorum(Collection<Integer> replicas) {
        return voters().stream().filter(replicas::contains).count() >= majority();
    }

    /**
     * The largest number that a majority of the voters has reached.
     *
     * @param reached what each voter has reached; who is missing has reached nothing
     * @param nothing stands for who is missing
     */
    public long reachedByQuorum(Map<Integer, Long> reached, long nothing) {
        long[] sorted = voters().stream()
                .mapToLong(id -> reached.getOrDefault(id, nothing))
                .sorted()
                .toArray();
        return sorted[sorted.length - majority()];
    }

    @Override
    public String toString() {
        return Arrays.toString(members.stream()
                .map(each -> each.id() + (each.voter() ? "" : "?"))
                .toArray());
    }
}
