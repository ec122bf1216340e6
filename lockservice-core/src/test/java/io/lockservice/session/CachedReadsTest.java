package io.lockservice.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Copies that clients keep, and what has to wait for them. */
class CachedReadsTest extends CachingFixture {
    @Test
    void aWriteWaitsUntilEveryCopyIsDropped() {
        opensCaching("other");
        assertTrue(reads("reader", new Request.ReadFile(FILE)));
        assertTrue(reads("other", new Request.GetStat(FILE, true)));
        long write = leader.call(ClientCall.of(write(FILE)));
        assertNull(leader.answers().get(write));
        assertEquals(List.of("f"), told("reader"));
        assertEquals(List.of("f"), told("other"));
        takesIn("reader");
        assertNull(leader.answers().get(write));
        takesIn("other");
        assertInstanceOf(Reply.Written.class, leader.reply(write));
    }

    @Test
    void nobodyGetsACopyWhileAWriteWaitsButReadsGoOn() {
        assertTrue(reads("reader", new Request.ReadFile(FILE)));
        long write = leader.call(ClientCall.of(write(FILE)));
        assertFalse(reads("reader", new Request.ReadFile(FILE)));
        assertFalse(reads("reader", list(ROOT)), "the file's stat is in it");
        assertTrue(reads("reader", new Request.GetStat(DIRECTORY, false)));
        takesIn("reader");
        assertInstanceOf(Reply.Written.class, leader.reply(write));
        assertTrue(reads("reader", new Request.ReadFile(FILE)));
    }

    @Test
    void aLaterWriteWaitsForTheSameCopiesAndTellsNobodyTwice() {
        reads("reader", new Request.ReadFile(FILE));
        long first = leader.call(ClientCall.of(write(FILE)));
        long second = leader.call(ClientCall.of(write(FILE)));
        assertEquals(List.of("f"), told("reader"));
        assertNull(leader.answers().get(second));
        takesIn("reader");
        assertInstanceOf(Reply.Written.class, leader.reply(first));
        assertInstanceOf(Reply.Written.class, leader.reply(second));
    }

    @Test
    void aWriteDoesNotWaitLongerThanTheLeaseOfWhoIsGone() {
        reads("reader", new Request.ReadFile(FILE));
        leader.passMs(1_000);
        long write = leader.call(ClientCall.of(write(FILE)));
        leader.passMs(LEASE_MS - 1_100);
        assertNull(leader.answers().get(write));
        leader.passMs(200);
        assertInstanceOf(Reply.Written.class, leader.reply(write));
    }

    @Test
    void absenceIsCachedToo() {
        Name missing = DIRECTORY.child("x");
        assertTrue(reads("reader", new Request.ReadFile(missing)));
        long write = leader.call(ClientCall.of(write(missing)));
        assertNull(leader.answers().get(write));
        assertEquals(List.of("d/x"), told("reader"));
        takesIn("reader");
        assertInstanceOf(Reply.Written.class, leader.reply(write));
    }

    @Test
    void aListShowsTheStatsOfChildren() {
        leader.call(ClientCall.of(write(DIRECTORY.child("x"))));
        assertTrue(reads("reader", list(DIRECTORY)));
        assertWaits(ClientCall.of(write(DIRECTORY.child("x"))), "d");
        assertTrue(reads("reader", list(DIRECTORY)));
        assertWaits(ClientCall.of(write(DIRECTORY.child("y"))), "d");
        assertTrue(reads("reader", list(DIRECTORY)));
        assertWaits(ClientCall.of(delete(DIRECTORY.child("x"), false)), "d");
        assertTrue(reads("reader", list(ROOT)));
        assertDoesNotWait(ClientCall.of(write(DIRECTORY.child("y"))));
    }

    @Test
    void whatIsFarAwayIsNotTouched() {
        reads("reader", new Request.ReadFile(FILE));
        assertDoesNotWait(ClientCall.of(write(ROOT.child("g"))));
        assertDoesNotWait(ClientCall.of(write(DIRECTORY.child("x"))));
    }

    @Test
    void aRecursiveDeletionTouchesAllThatGoes() {
        Name deep = DIRECTORY.child("x").child("y");
        leader.call(ClientCall.of(new Request.WriteFile(deep, Content.EMPTY, Condition.NONE, true, false)));
        assertTrue(reads("reader", new Request.ReadFile(deep)));
        assertWaits(ClientCall.of(delete(DIRECTORY, true)), "d/x/y");
    }

    @Test
    void lockingAndNamingAclsAreSeenInAStat() {
        reads("reader", new Request.GetStat(FILE, false));
        assertWaits(ClientCall.of(acquire(FILE), "writer"), "f");
        reads("reader", new Request.GetStat(FILE, false));
        assertWaits(ClientCall.of(new Request.SetAcl(FILE, "a", null, null, null)), "f");
    }

    @Test
    void anEphemeralLockComesAndGoesWithItsDirectoriesListing() {
        assertTrue(reads("reader", list(DIRECTORY)));
        assertWaits(ClientCall.of(acquire(DIRECTORY.child("l")), "writer"), "d");
        assertTrue(reads("reader", list(DIRECTORY)));
        assertWaits(ClientCall.of(new Request.Release(DIRECTORY.child("l")), "writer"), "d");
        assertTrue(reads("reader", list(DIRECTORY)));
        long write = leader.call(ClientCall.of(
                new Request.Transaction(List.of(), List.of(write(FILE), write(DIRECTORY.child("z"))), List.of())));
        assertNull(leader.answers().get(write));
    }

    @Test
    void aSessionsEndWaitsForCopiesOfWhatGoesWithIt() {
        leader.open("short", 1_000);
        leader.call(ClientCall.of(
                new Request.WriteFile(DIRECTORY.child("e"), Content.EMPTY, Condition.NONE, false, true), "short"));
        assertTrue(reads("reader", new Request.ReadFile(DIRECTORY.child("e"))));
        leader.passMs(1_500);
        assertTrue(leader.state().isAlive("short"));
        assertEquals(List.of("d/e"), told("reader"));
        takesIn("reader");
        leader.passMs(500);
        assertFalse(leader.state().isAlive("short"));
    }

    @Test
    void twoThatAreGoneDoNotWaitForEachOther() {
        opensCaching("other");
        for (String owner : List.of("reader", "other")) {
            Name own = DIRECTORY.child(owner);
            leader.call(ClientCall.of(new Request.WriteFile(own, Content.EMPTY, Condition.NONE, false, true), owner));
        }
        assertTrue(reads("reader", new Request.ReadFile(DIRECTORY.child("other"))));
        assertTrue(reads("other", new Request.ReadFile(DIRECTORY.child("reader"))));
        leader.passMs(LEASE_MS + 1_000);
        assertFalse(leader.state().isAlive("reader"));
        assertFalse(leader.state().isAlive("other"));
    }

    @Test
    void whoWritesDropsItsOwnCopyItself() {
        reads("reader", new Request.ReadFile(FILE));
        assertDoesNotWait(ClientCall.of(write(FILE), "reader"));
        assertEquals(List.of(), told("reader"));
    }

    @Test
    void lookingForANodeToOpenIsNoWrite() {
        Name missing = ROOT.child("x");
        assertTrue(reads("reader", new Request.ReadFile(missing)));
        leader.call(ClientCall.of(
                new Request.OpenHandle(
                        new HandleId("reader", "h"), missing, List.of(HandleMode.READ), List.of(), null, 0),
                "reader"));
        assertWaits(ClientCall.of(write(missing)), "x");
    }

    @Test
    void onlyWhoSaidSoKeepsCopies() {
        assertFalse(reads("writer", new Request.ReadFile(FILE)));
        leader.call(ClientCall.of(new Request.CloseSession("reader", 60_000)));
        assertFalse(reads("reader", new Request.ReadFile(FILE)), "it is closing");
    }

    @Test
    void aSessionThatIsClosingKeepsItsCopiesNoLongerThanItsLease() {
        reads("reader", new Request.ReadFile(FILE));
        leader.call(ClientCall.of(new Request.CloseSession("reader", 60_000)));
        long write = leader.call(ClientCall.of(write(FILE)));
        leader.passMs(LEASE_MS - 100);
        assertNull(leader.answers().get(write));
        leader.passMs(200);
        assertInstanceOf(Reply.Written.class, leader.reply(write));
        assertTrue(leader.state().isAlive("reader"));
    }

    @Test
    void theCopiesOfOneSessionAreBounded() {
        int most = Copies.MOST_OF_A_SESSION;
        boolean all = Stream.iterate(0, i -> i + 1)
                .limit(most)
                .allMatch(i -> reads("reader", new Request.ReadFile(ROOT.child("n" + i))));
        assertTrue(all);
        assertFalse(reads("reader", new Request.ReadFile(ROOT.child("one more"))));
        assertWaits(ClientCall.of(write(ROOT.child("n7"))), "n7");
        assertTrue(reads("reader", new Request.ReadFile(ROOT.child("one more"))));
    }

    @Test
    void aNewLeaderLetsWritesWaitUntilEveryCachingSessionKnowsOfIt() {
        reads("reader", new Request.ReadFile(FILE));
        leader.changeLeader();
        long write = leader.call(ClientCall.of(write(FILE)));
        long elsewhere = leader.call(ClientCall.of(write(ROOT.child("g"))));
        assertNull(leader.answers().get(write));
        assertNull(leader.answers().get(elsewhere), "nobody knows what the reader has");
        assertInstanceOf(Reply.Cached.class, leader.reply(read("reader", new Request.ReadFile(FILE))));
        leader.open("newcomer");
        assertTrue(leader.state().isAlive("newcomer"));
        takesIn("reader");
        assertInstanceOf(Reply.Written.class, leader.reply(write));
        assertInstanceOf(Reply.Written.class, leader.reply(elsewhere));
    }

    @Test
    void aNewLeaderDoesNotWaitForWhoKeepsNoCopies() {
        leader.call(ClientCall.of(new Request.CloseSession("reader", 0)));
        leader.changeLeader();
        assertDoesNotWait(ClientCall.of(write(FILE)));
    }

    @Test
    void aNewLeaderWaitsNoLongerThanALease() {
        leader.changeLeader();
        long write = leader.call(ClientCall.of(write(FILE)));
        leader.passMs(LEASE_MS - 100);
        assertNull(leader.answers().get(write));
        leader.passMs(200);
        assertInstanceOf(Reply.Written.class, leader.reply(write));
    }

    @Test
    void aCopyOfACallThatWaitsIsDoneOnce() {
        reads("reader", new Request.ReadFile(FILE));
        ClientCall call = ClientCall.of(write(FILE));
        long write = leader.call(call);
        leader.repeat(write, call);
        takesIn("reader");
        assertInstanceOf(Reply.Written.class, leader.reply(write));
        Stat stat = leader.state().stat(FILE);
        assertNotNull(stat);
        assertEquals(2, stat.contentGeneration());
    }
}
