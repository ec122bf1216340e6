package io.lockservice.sim.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import org.junit.jupiter.api.Test;

/** Who has room decides who leads and what is refused. */
class FullDisksTest {
    private static final Name FILE = Name.root(Conditions.CELL).child("file");
    private static final int PLENTY = 1_000;

    private final Cluster cluster = Cluster.calm(3);

    private Reply write(int through) {
        Request request = new Request.WriteFile(FILE, Content.EMPTY, Condition.NONE, false, false);
        return cluster.ask(through, ClientCall.of(request)).reply();
    }

    private int settledLeader() {
        int leader = cluster.awaitLeader();
        cluster.run(6_000);
        assertEquals(leader, cluster.leader());
        return leader;
    }

    private static int after(int id) {
        return id % 3 + 1;
    }

    @Test
    void oneFullFollowerHoldsNobodyUpAndIsNotReady() {
        int leader = settledLeader();
        cluster.host(after(leader)).disk().fill(PLENTY);
        cluster.run(1_000);
        assertInstanceOf(Reply.Written.class, write(leader));
        assertFalse(cluster.status(after(leader)).ready());
        assertTrue(cluster.status(after(leader)).notReadyReason().contains("nearly full"));
        cluster.host(after(leader)).disk().makeRoom();
        cluster.run(1_000);
        assertTrue(cluster.status(after(leader)).ready());
        assertEquals(leader, cluster.leader());
    }

    @Test
    void aLeaderWithLessRoomThanAnotherHandsOverAndLeadershipDoesNotComeBack() {
        int leader = settledLeader();
        cluster.host(leader).disk().fill(PLENTY);
        cluster.run(2_000);
        int successor = cluster.awaitLeader();
        assertNotEquals(leader, successor);
        assertInstanceOf(Reply.Written.class, write(leader));
        cluster.run(20_000);
        assertEquals(successor, cluster.leader());
    }

    @Test
    void withMostDisksFullGrowthIsRefusedDeletesGoOnAndItHealsByItself() {
        int leader = settledLeader();
        assertInstanceOf(Reply.Written.class, write(leader));
        cluster.hosts().forEach(host -> host.disk().fill(PLENTY));
        cluster.run(1_000);
        for (int id = 1; id <= 3; id++) {
            Reply.Failed refused = assertInstanceOf(Reply.Failed.class, write(id));
            assertEquals(ProblemCode.STORAGE_FULL, refused.problem().code());
        }
        Request delete = new Request.DeleteNode(FILE, false, Condition.NONE);
        assertInstanceOf(
                Reply.Done.class, cluster.ask(leader, ClientCall.of(delete)).reply());
        assertEquals(leader, cluster.leader(), "nobody has more room");
        cluster.hosts().forEach(host -> host.disk().makeRoom());
        cluster.run(1_000);
        assertInstanceOf(Reply.Written.class, write(leader));
    }

    @Test
    void whatWasToldIsForgottenWithWhoToldIt() {
        int leader = settledLeader();
        int one = after(leader);
        int other = after(one);
        cluster.host(one).disk().fill(PLENTY);
        cluster.host(other).disk().fill(PLENTY);
        cluster.run(1_000);
        assertInstanceOf(Reply.Failed.class, write(leader));
        cluster.crash(one);
        cluster.host(one).disk().makeRoom();
        cluster.restart(one);
        cluster.run(3_000);
        assertInstanceOf(Reply.Written.class, write(leader));
    }

    @Test
    void withNoRoomAnywhereTheLeaderStaysAndAnswersWhatNeedsNoDisk() {
        int leader = settledLeader();
        assertInstanceOf(Reply.Written.class, write(leader));
        cluster.hosts().forEach(host -> host.disk().fill(0));
        for (int second = 0; second < 10; second++) {
            cluster.run(1_000);
            assertEquals(leader, cluster.leader());
            Request read = new Request.ReadFile(FILE);
            assertInstanceOf(
                    Reply.Node.class,
                    cluster.ask(after(leader), ClientCall.of(read)).reply());
        }
        cluster.hosts().forEach(host -> host.disk().makeRoom());
        cluster.run(1_000);
        assertInstanceOf(Reply.Written.class, write(leader));
    }

    @Test
    void aReplicaWithoutAnyRoomWaitsAndGoesOn() {
        int leader = settledLeader();
        int full = after(leader);
        cluster.host(full).disk().fill(0);
        for (int i = 0; i < 20; i++) {
            assertInstanceOf(Reply.Written.class, write(leader));
        }
        cluster.host(full).disk().makeRoom();
        cluster.run(3_000);
        assertEquals(cluster.up(leader).digest(), cluster.up(full).digest());
    }
}
