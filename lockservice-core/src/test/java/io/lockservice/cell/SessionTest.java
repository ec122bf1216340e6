package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.api.LockMode.SHARED;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.cell.table.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final TestCell cell = new TestCell();

    @BeforeEach
    void firstLeader() {
        cell.startEpoch();
    }

    @Test
    void everyLeaderStartsAnEpochWhichIsNoVisibleChange() {
        assertEquals(1, cell.last().epochStarted());
        assertEquals(2, cell.apply(new Command.StartEpoch(2, 7)).epochStarted());
        assertEquals(2, cell.machine.epoch());
        assertEquals(0, cell.machine.revision());
    }

    @Test
    void openingTwiceGivesTheSameSessionOnce() {
        Request.OpenSession open = new Request.OpenSession("s", "billing", 5_000, Map.of("host", "h1"));
        Reply opened = cell.call(open);
        assertEquals(new Reply.SessionOpened("s", "billing", 5_000, 5_000), opened);
        assertEquals("s", cell.last().opened());
        long revision = cell.machine.revision();
        assertEquals(opened, cell.call(new Request.OpenSession("s", "other", 9_000, Map.of())));
        assertNull(cell.last().opened());
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void whoNamesASessionThatIsOverIsToldSo() {
        cell.open("s");
        cell.call(new Request.CloseSession("s", 0));
        long revision = cell.machine.revision();
        assertFailed(ProblemCode.SESSION_EXPIRED, cell.call(TestCell.file("f", ""), "s"));
        assertFailed(
                ProblemCode.SESSION_EXPIRED,
                cell.machine.query(new Request.GetStat(name(""), false), "s", Elapsed.UNKNOWN));
        assertFailed(ProblemCode.SESSION_EXPIRED, cell.query(new Request.GetSession("s")));
        assertFailed(ProblemCode.SESSION_EXPIRED, cell.call(new Request.CloseSession("s", 0)));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void closingFreesLocksWithdrawsPlacesAndDeletesEphemeralsInOneChange() {
        cell.open("a", "b", "c");
        cell.exclusive("a", "l1");
        cell.exclusive("c", "l2");
        cell.wait("a", "l2", EXCLUSIVE);
        cell.wait("b", "l1", EXCLUSIVE);
        cell.call(TestCell.ephemeralFile("e"), "a");
        long revision = cell.machine.revision();

        assertEquals(new Reply.Done(), cell.call(new Request.CloseSession("a", 0)));
        assertEquals(revision + 1, cell.machine.revision());
        assertEquals(List.of("a"), cell.last().ended());
        assertEquals(
                ProblemCode.SESSION_EXPIRED,
                cell.last().withdrawn().get(0).problem().code());
        assertEquals(
                List.of("b"), cell.last().grants().stream().map(Grant::session).toList());
        assertFalse(cell.exists("e"));
        assertTrue(cell.holds("b", "l1"));
        assertFalse(cell.events().contains(Event.Type.SESSION_EXPIRED));
    }

    @Test
    void closingLaterMarksTheSessionAndItsLeaseEndsIt() {
        cell.open("s");
        cell.call(
                new Request.Acquire(
                        TestCell.name("lock"), EXCLUSIVE, 0, false, LockCreation.EPHEMERAL, "", 60_000, null),
                "s");
        cell.call(new Request.CloseSession("s", 3_000));
        assertEquals(new Applied.Closing("s", 3_000), cell.last().closing());
        assertTrue(cell.machine.isAlive("s"));
        assertTrue(cell.holds("s", "lock"));
        cell.call(new Request.CloseSession("s", 9_000));
        assertEquals(3_000, cell.session("s").closeAfterMs());
        cell.expire("s");
        assertFalse(cell.machine.isAlive("s"));
        assertFalse(cell.exists("lock"), "it was closed: there is no lock-delay");
        assertFalse(cell.events().contains(Event.Type.SESSION_EXPIRED));
    }

    @Test
    void onlyTheCurrentEpochsLeaderCanExpireASession() {
        cell.open("s");
        cell.startEpoch();
        long revision = cell.machine.revision();
        cell.apply(new Command.ExpireSessions(1, List.of("s")));
        assertTrue(cell.machine.isAlive("s"));
        assertEquals(revision, cell.machine.revision());
        cell.apply(new Command.ExpireSessions(2, List.of("s", "never-known", "s")));
        assertEquals(List.of("s"), cell.last().ended());
        assertEquals(List.of(Event.Type.SESSION_EXPIRED), cell.events());
        assertNull(cell.last().events().get(0).name());
    }

    @Test
    void aWaiterThatEndsInTheSameCommandIsNeverGranted() {
        cell.open("a", "b", "c");
        cell.exclusive("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", EXCLUSIVE);
        cell.expire("a", "b");
        assertEquals(
                List.of("c"), cell.last().grants().stream().map(Grant::session).toList());
        assertEquals(
                List.of("b"),
                cell.last().withdrawn().stream().map(Applied.Place::session).toList());
    }

    @Test
    void anExpiredExclusiveWaiterNoLongerBlocksSharedOnes() {
        cell.open("a", "b", "c");
        cell.shared("a", "lock");
        cell.wait("b", "lock", EXCLUSIVE);
        cell.wait("c", "lock", SHARED);
        cell.expire("b");
        assertTrue(cell.holds("c", "lock"));
    }

    @Test
    void anEphemeralDirectoryStaysUntilItsLastChildGoes() {
        cell.open("a", "b");
        cell.call(new Request.MakeDirectory(name("d"), true, false), "a");
        cell.call(TestCell.ephemeralFile("d/own"), "a");
        cell.call(TestCell.ephemeralFile("d/other"), "b");
        cell.expire("a");
        assertFalse(cell.exists("d/own"));
        assertNull(cell.stat("d").owner());
        cell.open("a");
        cell.expire("a");
        assertTrue(cell.exists("d"));
        cell.expire("b");
        assertFalse(cell.exists("d"));
        assertEquals(0, cell.stat("").childCount());
    }

    @Test
    void anEmptyEphemeralTreeGoesAtOnceWithItsOwner() {
        cell.open("a");
        cell.call(new Request.MakeDirectory(name("d"), true, false), "a");
        cell.call(new Request.MakeDirectory(name("d/e"), true, false), "a");
        cell.call(TestCell.ephemeralFile("d/e/f"), "a");
        cell.expire("a");
        assertEquals(1, cell.machine.nodeCount());
    }

    @Test
    void nobodyIsGrantedALockOfADirectoryThatGoesInTheSameCommand() {
        cell.open("a", "b");
        cell.call(new Request.MakeDirectory(name("d"), true, false), "a");
        cell.exclusive("a", "d");
        cell.exclusive("a", "d/lock");
        cell.wait("b", "d", EXCLUSIVE);
        cell.expire("a");
        assertEquals(List.of(), cell.last().grants());
        assertEquals(
                ProblemCode.NO_SUCH_NODE,
                cell.last().withdrawn().get(0).problem().code());
        assertFalse(cell.exists("d"));
    }

    @Test
    void aSessionShowsWhatItHas() {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("z", "1");
        metadata.put("a", "2");
        cell.call(new Request.OpenSession("a", "billing", 5_000, metadata));
        cell.open("b");
        Grant grant = cell.exclusive("a", "l1");
        cell.exclusive("b", "l2");
        cell.wait("a", "l2", SHARED);
        cell.call(TestCell.ephemeralFile("e"), "a");
        assertEquals(
                new Reply.SessionDetail(
                        new Reply.SessionSummary("a", "billing", 5_000, -1, metadata),
                        List.of(grant),
                        List.of("/ls/test/l2"),
                        List.of("/ls/test/e"),
                        List.of()),
                cell.query(new Request.GetSession("a")));
        assertEquals(List.of("z", "a"), List.copyOf(cell.session("a").metadata().keySet()));
    }

    @Test
    void sessionsAreListedInPagesInTheOrderOfTheirIds() {
        cell.open("c", "a", "b");
        assertEquals(
                List.of("a", "b", "c"),
                cell.machine.sessions().stream().map(Session::id).toList());
        Reply.SessionPage first = (Reply.SessionPage) cell.query(new Request.ListSessions(2, ""));
        assertEquals(
                List.of("a", "b"),
                first.sessions().stream().map(Reply.SessionSummary::session).toList());
        assertEquals("b", first.next());
        Reply.SessionPage second = (Reply.SessionPage) cell.query(new Request.ListSessions(2, "b"));
        assertEquals(1, second.sessions().size());
        assertNull(second.next());
        assertEquals(3, cell.machine.sessionCount());
    }
}
