package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader that cannot keep up loses no sessions over it. */
class OverloadTest {
    private static final long LEASE_MS = 10_000;

    private final LeadingAlone leader = new LeadingAlone();

    @BeforeEach
    void openSession() {
        leader.open("s", LEASE_MS);
        leader.passMs(1_500);
    }

    @Test
    void leasesAreAsTheSessionsSayWhereNothingIsWrong() {
        assertEquals(LEASE_MS, keepsAliveMs());
        assertFalse(leader.state().areLeasesStretched());
    }

    @Test
    void whoIsHeldUpGrantsMoreOnceEveryReplicaKnowsThatItDoes() {
        heldUp();
        assertTrue(leader.state().areLeasesStretched());
        assertEquals(LEASE_MS * 3 / 2, keepsAliveMs());
        for (int i = 0; i < 10; i++) {
            heldUp();
        }
        assertEquals(5 * LEASE_MS, keepsAliveMs(), "not without bound");
    }

    @Test
    void aLeaseThatWasGrantedIsKept() {
        heldUp();
        long grantedMs = keepsAliveMs();
        leader.passMs(grantedMs - 100);
        assertTrue(leader.state().isAlive("s"));
        leader.passMs(400);
        assertFalse(leader.state().isAlive("s"));
    }

    @Test
    void theNextLeaderGrantsAsMuchAsItsPredecessorMayHave() {
        heldUp();
        keepsAliveMs();
        leader.changeLeader();
        leader.passMs(5 * LEASE_MS - 100);
        assertTrue(leader.state().isAlive("s"));
        leader.passMs(400);
        assertFalse(leader.state().isAlive("s"));
        leader.passMs(1_000);
        assertFalse(leader.state().areLeasesStretched(), "all of those leases have run out");
    }

    @Test
    void whenItIsOverLeasesAreShortAgain() {
        heldUp();
        for (int i = 0; i < 12; i++) {
            keepsAliveMs();
            leader.passMs(5_000);
        }
        assertEquals(LEASE_MS, keepsAliveMs());
        assertFalse(leader.state().areLeasesStretched());
    }

    @Test
    void aSessionWithALongLeaseGetsNoLongerOne() {
        leader.open("long", 120_000);
        heldUp();
        long call = leader.call(ClientCall.of(new Request.KeepAlive("long", 0, 0)));
        assertEquals(120_000, ((Reply.KeptAlive) leader.reply(call)).leaseMs());
    }

    @Test
    void whoWasHeldUpItselfLooksForKeepAlivesBeforeItEndsSessions() {
        leader.open("due", 1_000);
        leader.passMs(900);
        leader.stallMs(800);
        leader.passMs(100);
        assertTrue(leader.state().isAlive("due"), "its keep-alive may be among what came meanwhile");
        leader.call(ClientCall.of(new Request.KeepAlive("due", 0, 0)));
        leader.passMs(900);
        assertTrue(leader.state().isAlive("due"));
        leader.passMs(700);
        assertFalse(leader.state().isAlive("due"));
    }

    @Test
    void theLongestLeaseThatWasGrantedCounts() {
        leader.open("a-long", 30_000);
        leader.open("z-short", 4_000);
        heldUp();
        for (int i = 0; i < 8; i++) {
            leader.passMs(1_000);
            keepsAliveMs("z-short");
        }
        long grantedMs = keepsAliveMs("a-long");
        keepsAliveMs("z-short");
        leader.passMs(7_500);
        leader.changeLeader();
        leader.passMs(grantedMs - 7_500 - 1_000);
        assertTrue(leader.state().isAlive("a-long"), "was granted " + grantedMs);
    }

    @Test
    void theLongestLeaseThatWasFoundCounts() {
        leader.open("a-long", 12_000);
        leader.open("z-short", 4_000);
        heldUp();
        leader.changeLeader();
        long found = leader.call(ClientCall.of(new Request.KeepAlive("a-long", 0, 0)));
        long grantedMs = ((Reply.KeptAlive) leader.reply(found)).remainingMs();
        leader.passMs(21_000);
        leader.changeLeader();
        leader.passMs(grantedMs - 21_000 - 1_000);
        assertTrue(leader.state().isAlive("a-long"), "was granted " + grantedMs);
    }

    @Test
    void nothingIsGrantedWhileTheWordIsTakenBack() {
        leader.open("other", 40_000);
        heldUp();
        leader.hold();
        while (leader.log().stream().noneMatch(Command.StretchLeases.class::isInstance)) {
            leader.passMs(10);
            leader.choose(
                    leader.log().stream().anyMatch(Command.StretchLeases.class::isInstance)
                            ? 0
                            : leader.log().size());
        }
        leader.stallMs(300);
        leader.passMs(1_100);
        assertEquals(40_000, keepsAliveMs("other"), "the next leader may know of no longer ones");
    }

    @Test
    void whatWasDoneBeforeIsNotSaidToBeUndone() {
        ClientCall write = ClientCall.of(new Request.WriteFile(
                Name.root(LeadingAlone.CELL).child("f"), Content.EMPTY, Condition.NONE, false, false));
        long call = leader.call(write);
        Reply first = leader.reply(call);
        leader.changeLeader();
        leader.answers().remove(call);
        leader.full(true);
        leader.repeat(call, write);
        assertNull(leader.answers().get(call), "it will be asked again");
        leader.full(false);
        leader.repeat(call, write);
        assertEquals(first, leader.reply(call));
    }

    @Test
    void whatIsRefusedForWantOfRoomStaysRefused() {
        ClientCall write = ClientCall.of(new Request.WriteFile(
                Name.root(LeadingAlone.CELL).child("f"), Content.EMPTY, Condition.NONE, false, false));
        leader.full(true);
        long call = leader.call(write);
        assertInstanceOf(Reply.Failed.class, leader.reply(call));
        leader.full(false);
        leader.repeat(call, write);
        assertInstanceOf(Reply.Failed.class, leader.reply(call));
    }

    private void heldUp() {
        leader.stallMs(300);
        leader.passMs(1_100);
    }

    private long keepsAliveMs() {
        return keepsAliveMs("s");
    }

    private long keepsAliveMs(String session) {
        long call = leader.call(ClientCall.of(new Request.KeepAlive(session, 0, 0)));
        return assertInstanceOf(Reply.KeptAlive.class, leader.reply(call)).leaseMs();
    }
}
