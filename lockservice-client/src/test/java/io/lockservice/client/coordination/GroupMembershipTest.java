package io.lockservice.client.coordination;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.CellTest;
import io.lockservice.client.cell.TestCell;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GroupMembershipTest extends CellTest {
    private static final String GROUP = "/ls/local/app/workers";

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

    private GroupMembership group() {
        return GroupMembership.of(client(), GROUP);
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String next = queue.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came");
        }
        return next;
    }

    private final class Told implements MemberListener {
        @Override
        public void joined(Member member) {
            told.add("+" + member.id() + "=" + member.data());
        }

        @Override
        public void left(Member member) {
            told.add("-" + member.id() + "=" + member.data());
        }

        @Override
        public void changed(Member member) {
            told.add("~" + member.id() + "=" + member.data());
        }
    }

    @Test
    void membersJoinTellAndLeave() throws Exception {
        Membership a = TestCell.await(group().join(session(12_000), "a", Buffer.buffer("1")));
        assertTrue(a.isMember());
        assertEquals(
                "member-exists",
                TestCell.failure(LockServiceException.class, group().join(session(12_000), "a", Buffer.buffer("2")))
                        .code());
        MemberWatch watch = group().watch(new Told());
        assertEquals("+a=1", next(told));
        Membership b = TestCell.await(group().join(session(12_000), "b", Buffer.buffer("2")));
        assertEquals("+b=2", next(told));
        TestCell.await(a.setData(Buffer.buffer("3")));
        assertEquals("~a=3", next(told));
        List<Member> members = TestCell.await(group().members());
        assertEquals(List.of("a", "b"), members.stream().map(Member::id).toList());
        assertEquals(a.token(), members.get(0).token());
        TestCell.await(a.leave());
        assertFalse(a.isMember());
        assertEquals("-a=3", next(told));
        assertEquals(
                "membership-lost",
                TestCell.failure(LockServiceException.class, a.setData(Buffer.buffer("4")))
                        .code());
        Membership again = TestCell.await(group().join(session(12_000), "a", Buffer.buffer("5")));
        assertTrue(again.token() > a.token());
        assertEquals("+a=5", next(told));
        TestCell.await(watch.shutdown());
        TestCell.await(b.leave());
        assertTrue(told.isEmpty());
        assertThrows(IllegalArgumentException.class, () -> group().join(session(12_000), "a/b", Buffer.buffer()));
    }

    @Test
    void aWatchGoesOnOverAChangeOfLeaderAndTellsOfTheDead() throws Exception {
        group().watch(new Told());
        Vertx process = Vertx.vertx();
        Session mortal = mortalSession(process);
        Membership membership = TestCell.await(group().join(mortal, "mortal", Buffer.buffer("x")));
        assertEquals("+mortal=x", next(told));
        cell.stop(leader());
        TestCell.await(group().join(session(12_000), "other", Buffer.buffer("y")));
        assertEquals("+other=y", next(told));
        TestCell.await(process.close());
        assertEquals("-mortal=x", next(told));
        assertFalse(membership.isMember());
    }

    @Test
    void aStandingMemberComesBackWithALargerTokenAndSaysWhatItLost() throws Exception {
        BlockingQueue<String> own = new LinkedBlockingQueue<>();
        BlockingQueue<Membership> memberships = new LinkedBlockingQueue<>();
        SessionOptions options = SessionOptions.named("standing").withLeaseMs(1_000);
        StandingMembership standing = group().keepJoined(
                        "s", Buffer.buffer("1"), options, new StandingMembership.Listener() {
                            @Override
                            public void joined(Membership membership) {
                                memberships.add(membership);
                                own.add("joined");
                            }

                            @Override
                            public void lost(LockServiceException reason) {
                                own.add(reason.code());
                            }
                        });
        assertEquals("joined", next(own));
        long first = memberships.remove().token();
        TestCell.await(standing.setData(Buffer.buffer("2")));
        Session ended = standing.membership().orElseThrow().session();
        TestCell.await(client().execute(Operation.delete("/v1/sessions/" + ended.id())));
        assertEquals("session-expired", next(own));
        assertEquals("joined", next(own));
        assertTrue(memberships.remove().token() > first);
        TestCell.await(client().execute(Operation.delete("/v1/nodes" + GROUP + "/s")));
        assertEquals("membership-lost", next(own));
        assertEquals("joined", next(own));
        assertEquals("2", TestCell.await(group().members()).get(0).data().toString());
        TestCell.await(standing.shutdown());
        assertEquals(List.of(), TestCell.await(group().members()));
        assertTrue(own.isEmpty() && standing.membership().isEmpty());
    }
}
