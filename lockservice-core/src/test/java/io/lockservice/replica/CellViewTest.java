package io.lockservice.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lockservice.api.Reply;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.paxos.PeerView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a replica tells of the cell, and how many more of its voters may fail. */
final class CellViewTest {
    private static final int SELF = 1;
    private static final long CHOSEN = 100;
    private static final PeerView ANSWERING = new PeerView(true, 98, 7);
    private static final PeerView SILENT = new PeerView(false, 60, 4_000);
    private static final PeerView NEVER_HEARD = new PeerView(true, -1, 20);

    /** Replicas {@code SELF} to {@code voters} vote, those above up to {@code members} learn; all others answer. */
    private final Map<Integer, PeerView> peers = new HashMap<>();

    private CellView seen(int voters, int members, int leader) {
        Configuration configuration = new Configuration(IntStream.rangeClosed(1, members)
                .mapToObj(id -> new Member(id, 0, id <= voters, "host" + id, 7400 + id, 7300 + id))
                .toList());
        return new CellView(configuration, SELF, leader, CHOSEN, id -> peers.getOrDefault(id, ANSWERING));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "3, 1", "4, 1", "5, 2", "7, 3"})
    void whereAllAnswerTheMinorityMayFail(int voters, int tolerance) {
        assertEquals(tolerance, seen(voters, voters, SELF).faultTolerance());
        assertEquals(
                seen(voters, voters, SELF).configuration().faultTolerance(),
                seen(voters, voters, SELF).faultTolerance());
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 0", "3, 2, 0", "5, 1, 1", "5, 2, 0", "5, 3, 0", "5, 4, 0", "4, 1, 0", "2, 1, 0"})
    void eachSilentVoterLowersItDownToNone(int voters, int silent, int tolerance) {
        for (int id = voters; id > voters - silent; id--) {
            peers.put(id, SILENT);
        }
        assertEquals(tolerance, seen(voters, voters, SELF).faultTolerance());
    }

    @Test
    void aVoterThatNeverSaidAnythingDoesNotCount() {
        peers.put(2, NEVER_HEARD);
        assertEquals(0, seen(3, 3, SELF).faultTolerance());
        peers.put(2, new PeerView(true, 0, 20));
        assertEquals(1, seen(3, 3, SELF).faultTolerance(), "an empty log is as good as any");
    }

    @Test
    void learnersNeitherHelpNorHarm() {
        assertEquals(1, seen(3, 5, SELF).faultTolerance());
        peers.put(4, SILENT);
        peers.put(5, NEVER_HEARD);
        assertEquals(1, seen(3, 5, SELF).faultTolerance());
        peers.put(2, SILENT);
        peers.remove(4);
        assertEquals(0, seen(3, 5, SELF).faultTolerance(), "a learner is no voter's substitute");
    }

    @Test
    void aLeaderWithoutAVoteDoesNotCountItself() {
        Configuration others = new Configuration(List.of(
                new Member(1, 0, false, "one", 1, 1),
                new Member(2, 0, true, "two", 2, 2),
                new Member(3, 0, true, "three", 3, 3),
                new Member(4, 0, true, "four", 4, 4)));
        peers.put(4, SILENT);
        CellView seen = new CellView(others, SELF, SELF, CHOSEN, id -> peers.getOrDefault(id, ANSWERING));
        assertEquals(0, seen.faultTolerance());
    }

    @Test
    void onlyTheLeaderCanTell() {
        assertEquals(Reply.CellState.UNKNOWN_TOLERANCE, seen(3, 3, 2).faultTolerance());
        assertEquals(Reply.CellState.UNKNOWN_TOLERANCE, seen(3, 3, 0).faultTolerance());
    }

    @Test
    void everyReplicaIsToldWithItsRoleAndHowFarItIs() {
        peers.put(3, SILENT);
        peers.put(4, new PeerView(true, 103, 1));
        peers.put(5, NEVER_HEARD);
        List<Reply.ReplicaState> told = seen(3, 5, SELF).replicas();
        assertEquals(
                List.of(
                        new Reply.ReplicaState(1, "host1", 7301, 0, "leader", true, 100, 100, 0, 0),
                        new Reply.ReplicaState(2, "host2", 7302, 0, "follower", true, 98, 98, 2, 7),
                        new Reply.ReplicaState(3, "host3", 7303, 0, "follower", false, 60, 60, 40, 4_000),
                        new Reply.ReplicaState(4, "host4", 7304, 0, "learner", true, 103, 103, 0, 1),
                        new Reply.ReplicaState(5, "host5", 7305, 0, "learner", true, -1, -1, -1, 20)),
                told);
    }
}
