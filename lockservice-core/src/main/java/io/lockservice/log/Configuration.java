package io.lockservice.log;

import io.lockservice.check.Check;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Who is in the cell, and who votes. A value.
 *
 * @param members ascending by id, each id once
 */
public record Configuration(List<Member> members) {
    /** Checks and copies. */
    public Configuration {
        Check.that(members.stream().map(Member::id).distinct().count() == members.size(), "a replica is listed once");
        members = members.stream().sorted(Comparator.comparingInt(Member::id)).toList();
    }

    /** Ids of those whose votes count, ascending. */
    public List<Integer> voters() {
        return members.stream().filter(Member::voter).map(Member::id).toList();
    }

    /** Ids of all, ascending. */
    public List<Integer> ids() {
        return members.stream().map(Member::id).toList();
    }

    /** The member with that id. */
    public Optional<Member> member(int id) {
        return members.stream().filter(each -> each.id() == id).findFirst();
    }

    /** Whether the replica with that id has a vote. */
    public boolean isVoter(int id) {
        return member(id).filter(Member::voter).isPresent();
    }

    /** Whether the replica with that id is in it with that data. */
    public boolean has(int id, long incarnation) {
        return members.stream().anyMatch(each -> each.is(id, incarnation));
    }

    /** The same replicas, of which nobody votes and nobody's data is known. */
    public Configuration unfounded() {
        return new Configuration(members.stream().map(each -> each.asLearner(0)).toList());
    }

    /** Whether anybody votes. */
    public boolean isFounded() {
        return members.stream().anyMatch(Member::voter);
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

    /**
     * Whether the cell can go from this one to {@code next}: with at most one voter more or less, any majority of the one
     * has a voter in common with any majority of the other; and somebody has to vote. A voter is a replica with its data:
     * one that lost them is another.
     */
    public boolean canBecome(Configuration next) {
        long gone = members.stream()
                .filter(each -> each.voter() && !next.isVoter(each.id(), each.incarnation()))
                .count();
        long come = next.members.stream()
                .filter(each -> each.voter() && !isVoter(each.id(), each.incarnation()))
                .count();
        return gone + come <= 1 && next.isFounded();
    }

    /** Whether the replica with that id has a vote with that data. */
    public boolean isVoter(int id, long incarnation) {
        return members.stream().anyMatch(each -> each.voter() && each.is(id, incarnation));
    }

    /** Those of {@code replicas}, as {@code other} knows them, that are in this one with the same data. */
    public Set<Integer> sameAsIn(Configuration other, Collection<Integer> replicas) {
        return other.members.stream()
                .filter(each -> replicas.contains(each.id()) && has(each.id(), each.incarnation()))
                .map(Member::id)
                .collect(Collectors.toCollection(TreeSet::new));
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
