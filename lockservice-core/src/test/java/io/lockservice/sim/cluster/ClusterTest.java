package io.lockservice.sim.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import org.junit.jupiter.api.Test;

class ClusterTest {
    private static final Name FILE = Name.root(Conditions.CELL).child("file");

    private final Cluster cluster = Cluster.calm(3);

    @Test
    void aWriteThroughOneReplicaIsReadThroughAnother() {
        cluster.awaitLeader();
        Content content = new Content(new byte[] {1, 2, 3});
        assertInstanceOf(Reply.Written.class, write(1, content));
        Reply.Node node = assertInstanceOf(Reply.Node.class, read(3));
        assertEquals(content, node.content());
    }

    @Test
    void aLeaderThatCrashesIsReplacedAndCatchesUpWhenItIsBack() {
        int first = cluster.awaitLeader();
        write(first, Content.EMPTY);
        cluster.crash(first);
        int second = cluster.awaitLeader();
        assertNotEquals(first, second);
        write(second, new Content(new byte[] {7}));
        cluster.restart(first);
        cluster.run(2_000);
        assertEquals(cluster.up(second).digest(), cluster.up(first).digest());
    }

    @Test
    void aMinorityAnswersNothing() {
        int leader = cluster.awaitLeader();
        cluster.partition(leader);
        // Until its lease ends it still answers reads, rightly.
        cluster.run(500);
        var cutOff = cluster.call(leader, ClientCall.of(new Request.ReadFile(FILE)), 60_000);
        cluster.run(1_500);
        assertNull(cutOff.get());
        assertNotEquals(leader, cluster.awaitLeader());
        cluster.heal();
        cluster.run(2_000);
        assertNotNull(cutOff.get());
    }

    @Test
    void aLeaderThatResignsIsReplacedBeforeItsLeaseWouldHaveEnded() {
        int leader = cluster.awaitLeader();
        cluster.resign(leader);
        cluster.run(50);
        assertNotEquals(leader, cluster.leader());
        assertNotEquals(0, cluster.leader());
    }

    private Reply write(int replica, Content content) {
        Request request = new Request.WriteFile(FILE, content, Condition.NONE, false, false);
        return cluster.ask(replica, ClientCall.of(request)).reply();
    }

    private Reply read(int replica) {
        return cluster.ask(replica, ClientCall.of(new Request.ReadFile(FILE))).reply();
    }
}
