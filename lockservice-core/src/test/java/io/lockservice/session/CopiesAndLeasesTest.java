package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who has to drop copies, and by when; and what drops none. */
class CopiesAndLeasesTest extends CachingFixture {
    @Test
    void whoKeepsCopiesIsNotKeptAliveWithoutTakingInWhatItIsTold() {
        reads("reader", new Request.ReadFile(FILE));
        long write = leader.call(ClientCall.of(write(FILE)));
        keepsAliveWithoutTakingInMs(LEASE_MS * 3 / 2);
        assertNull(leader.answers().get(write), "its lease was extended once");
        keepsAliveWithoutTakingInMs(LEASE_MS);
        assertInstanceOf(Reply.Written.class, leader.reply(write));
        assertFalse(leader.state().isAlive("reader"));
    }

    @Test
    void whoIsLateInTakingInIsKeptAliveAgain() {
        reads("reader", new Request.ReadFile(FILE));
        leader.call(ClientCall.of(write(FILE)));
        keepsAliveWithoutTakingInMs(LEASE_MS * 3 / 2);
        takesIn("reader");
        keepsAliveWithoutTakingInMs(3 * LEASE_MS);
        assertTrue(leader.state().isAlive("reader"), "there is nothing to take in");
    }

    @Test
    void whoTakesInWhatItIsToldLivesOn() {
        for (int i = 0; i < 10; i++) {
            reads("reader", new Request.ReadFile(FILE));
            long write = leader.call(ClientCall.of(write(FILE)));
            takesIn("reader");
            assertInstanceOf(Reply.Written.class, leader.reply(write));
            leader.passMs(LEASE_MS / 2);
        }
        assertTrue(leader.state().isAlive("reader"));
    }

    @Test
    void askingForAHeldLockAgainAndAgainDropsNobodysCopy() {
        leader.call(ClientCall.of(acquire(FILE), "writer"));
        assertTrue(reads("reader", new Request.GetStat(FILE, true)));
        leader.open("poller");
        assertInstanceOf(Reply.Failed.class, leader.reply(leader.call(ClientCall.of(acquire(FILE), "poller"))));
        assertInstanceOf(Reply.Granted.class, leader.reply(leader.call(ClientCall.of(acquire(FILE), "writer"))));
        assertEquals(List.of(), told("reader"));
        assertWaits(ClientCall.of(write(FILE)), "f");
    }

    @Test
    void whatIsRefusedForItsConditionDropsNobodysCopy() {
        assertTrue(reads("reader", new Request.GetStat(FILE, true)));
        Condition other = new Condition(List.of(new Condition.Version(7, 7)), false, false);
        assertInstanceOf(
                Reply.Failed.class,
                leader.reply(
                        leader.call(ClientCall.of(new Request.WriteFile(FILE, Content.EMPTY, other, false, false)))));
        assertInstanceOf(
                Reply.Failed.class,
                leader.reply(leader.call(ClientCall.of(new Request.DeleteNode(FILE, false, other)))));
        assertEquals(List.of(), told("reader"));
    }

    @Test
    void closingAHandleOfANodeThatStaysDropsNobodysCopy() {
        HandleId handle = new HandleId("writer", "h");
        leader.call(ClientCall.of(
                new Request.OpenHandle(handle, FILE, List.of(HandleMode.READ), List.of(), null, 0), "writer"));
        assertTrue(reads("reader", new Request.GetStat(FILE, true)));
        assertDoesNotWait(ClientCall.of(new Request.CloseHandle(handle), "writer"));
        assertDoesNotWait(ClientCall.of(new Request.CloseSession("writer", 0)));
    }

    @Test
    void whoClosesItsSessionWaitsNeitherForItselfNorForWhoHasNothingOfIt() {
        Name own = DIRECTORY.child("own");
        leader.call(ClientCall.of(new Request.WriteFile(own, Content.EMPTY, Condition.NONE, false, true), "reader"));
        assertTrue(reads("reader", new Request.ReadFile(own)));
        leader.changeLeader();
        assertDoesNotWait(ClientCall.of(new Request.CloseSession("writer", 0)));
        assertDoesNotWait(ClientCall.of(new Request.CloseSession("reader", 0)));
    }

    @Test
    void whoseSessionIsClosedByOthersMayUseItsCopiesForItsLease() {
        reads("reader", new Request.ReadFile(FILE));
        leader.call(ClientCall.of(new Request.CloseSession("reader", 0)));
        assertFalse(leader.state().isAlive("reader"));
        opensCaching("another");
        long write = leader.call(ClientCall.of(write(FILE)));
        leader.passMs(LEASE_MS - 100);
        assertNull(leader.answers().get(write));
        leader.passMs(200);
        assertInstanceOf(Reply.Written.class, leader.reply(write));
    }

    @Test
    void whoClosesItsSessionItselfIsNotWaitedFor() {
        reads("reader", new Request.ReadFile(FILE));
        opensCaching("another");
        leader.call(ClientCall.of(new Request.CloseSession("reader", 0), "reader"));
        assertDoesNotWait(ClientCall.of(write(FILE)));
    }

    @Test
    void whatASessionHasReadBeforeNeedsNoMoreRoom() {
        for (int i = 0; i < Copies.MOST_OF_A_SESSION; i++) {
            reads("reader", new Request.ReadFile(ROOT.child("n" + i)));
        }
        assertTrue(reads("reader", new Request.ReadFile(ROOT.child("n7"))));
    }

    @Test
    void whatWouldMakeANodeIsNotForgottenWhileItsDeletionIsUnderWay() {
        leader.hold();
        leader.call(ClientCall.of(delete(FILE, false)));
        long open = leader.call(ClientCall.of(
                new Request.OpenHandle(
                        new HandleId("writer", "h"),
                        FILE,
                        List.of(HandleMode.WRITE),
                        List.of(),
                        new Request.OpenHandle.Creation(false, NodeKind.FILE, false, Content.EMPTY),
                        0),
                "writer"));
        leader.choose(1);
        assertFalse(reads("reader", new Request.ReadFile(FILE)), "it is about to be made");
        leader.choose(1);
        assertTrue(((Reply.HandleOpened) leader.reply(open)).created());
    }

    @Test
    void whoeverIsToldOfManyNodesIsToldInCommandsThatFitIntoAMessage() {
        int sessions = 40;
        int nodes = 250;
        for (int node = 0; node < nodes; node++) {
            leader.call(ClientCall.of(write(DIRECTORY.child("n" + node))));
        }
        for (int session = 0; session < sessions; session++) {
            opensCaching("session-with-a-long-name-" + session);
            for (int node = 0; node < nodes; node++) {
                reads("session-with-a-long-name-" + session, new Request.ReadFile(DIRECTORY.child("n" + node)));
            }
        }
        leader.call(ClientCall.of(delete(DIRECTORY, true)));
        assertTrue(leader.largestCommandBytes() < 100_000, leader.largestCommandBytes() + " bytes in one command");
        for (int session = 0; session < sessions; session++) {
            assertEquals(nodes, told("session-with-a-long-name-" + session).size());
        }
    }

    @Test
    void whatWaitsIsBoundedInBytes() {
        reads("reader", new Request.ReadFile(FILE));
        Content content = new Content(new byte[1 << 20]);
        int taken = 0;
        for (int i = 0; i < 40; i++) {
            long write = leader.call(ClientCall.of(new Request.WriteFile(FILE, content, Condition.NONE, false, false)));
            taken += leader.answers().get(write) == null ? 1 : 0;
        }
        assertEquals(32, taken, "MiB");
        takesIn("reader");
        long write = leader.call(ClientCall.of(new Request.WriteFile(FILE, content, Condition.NONE, false, false)));
        assertTrue(leader.answers().containsKey(write));
    }

    @Test
    void whatAnOutdatedHandleDoesNotFindMayBeThere() {
        HandleId handle = new HandleId("reader", "h");
        leader.call(ClientCall.of(
                new Request.OpenHandle(handle, FILE, List.of(HandleMode.READ), List.of(), null, 0), "reader"));
        leader.call(ClientCall.of(delete(FILE, false)));
        leader.call(ClientCall.of(write(FILE)));
        long read = leader.call(ClientCall.of(new Request.Cached(new Request.ReadFile(FILE)), handle));
        Reply.Cached cached = assertInstanceOf(Reply.Cached.class, leader.reply(read));
        assertInstanceOf(Reply.Failed.class, cached.reply());
        assertFalse(cached.cacheable());
    }
}
