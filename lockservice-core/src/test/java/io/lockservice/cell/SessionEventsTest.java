package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Grant;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.InvalidSequencer;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.SessionEvent;
import io.lockservice.cell.event.Inboxes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SessionEventsTest {
    private final TestCell cell = new TestCell();
    private int handles;

    @BeforeEach
    void openSessions() {
        cell.startEpoch();
        cell.open("a", "b");
    }

    @Test
    void aHandlesEventsAreThoseItAskedFor() {
        cell.mkdir("d");
        open("a", "d", Event.Type.CONTENT_CHANGED, Event.Type.NODE_CREATED);
        cell.write("d/f", "1");
        assertEquals(Set.of("a"), cell.last().told());
        cell.write("d/f", "2");
        cell.delete("d/f", false);
        assertEquals(Set.of(), cell.last().told());
        cell.write("other", "1");
        cell.mkdir("d/e");
        cell.write("d/e/g", "1");
        assertEquals(List.of("1 NODE_CREATED d/f", "2 CONTENT_CHANGED d/f", "3 NODE_CREATED d/e"), told("a"));
        assertEquals(List.of(), told("b"));
    }

    @Test
    void whatSeveralHandlesAskedForIsToldOnce() {
        cell.mkdir("d");
        cell.write("d/f", "1");
        open("a", "d", Event.Type.CONTENT_CHANGED);
        open("a", "d/f", Event.Type.CONTENT_CHANGED);
        open("a", "d/f", Event.Type.CONTENT_CHANGED);
        cell.write("d/f", "2");
        assertEquals(List.of("1 CONTENT_CHANGED d/f"), told("a"));
    }

    @Test
    void ofADeletedNodeTheLastThatIsToldIsItsDeletion() {
        cell.write("f", "1");
        open("a", "f", Event.Type.CONTENT_CHANGED, Event.Type.NODE_DELETED, Event.Type.NODE_CREATED);
        cell.delete("f", false);
        cell.write("f", "1");
        cell.write("f", "2");
        cell.delete("f", false);
        assertEquals(List.of("1 NODE_DELETED f"), told("a"));
    }

    @Test
    void aClosedHandleAsksForNothing() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", Event.Type.CONTENT_CHANGED);
        cell.call(new Request.CloseHandle(handle), "a");
        cell.write("f", "2");
        assertEquals(List.of(), told("a"));
    }

    @Test
    void aHolderThatAskedForItLearnsThatOthersWantItsLock() {
        cell.exclusive("a", "l");
        open("a", "l", Event.Type.LOCK_REQUESTED);
        cell.tryAcquire("b", "l", LockMode.SHARED);
        assertEquals(List.of("1 LOCK_REQUESTED l"), told("a"));
    }

    @Test
    void aKeptPlaceThatIsGrantedIsToldAndAnotherIsNot() {
        cell.exclusive("a", "l");
        cell.call(keptPlace("l"), "b");
        cell.release("a", "l");
        assertEquals(List.of("1 LOCK_ACQUIRED l"), told("b"));
        cell.wait("a", "l", LockMode.EXCLUSIVE);
        cell.release("b", "l");
        assertTrue(cell.holds("a", "l"));
        assertEquals(List.of(), told("a"), "whoever waits is answered");
    }

    @Test
    void aLockThatIsTakenAwayIsLost() {
        cell.write("l", "");
        Grant grant = cell.exclusive("a", "l");
        cell.call(keptPlace("l"), "b");
        cell.call(new Request.ForceRelease(TestCell.name("l")));
        assertEquals(
                List.of(new SessionEvent(
                        1, new SessionEvent.LockLost("/ls/test/l", grant.token(), InvalidSequencer.RELEASED))),
                events("a"));
        cell.call(keptPlace("l"), "a");
        cell.delete("l", false);
        assertEquals(List.of("1 LOCK_ACQUIRED l", "2 LockLost NODE_DELETED"), told("b"));
        assertEquals(
                new SessionEvent.LockLost("/ls/test/l", 0, InvalidSequencer.NODE_DELETED),
                events("a").get(1).notice());
    }

    @Test
    void whatASessionGivesUpItselfIsNotLost() {
        cell.exclusive("a", "l");
        cell.release("a", "l");
        cell.exclusive("b", "l");
        cell.expire("b");
        assertEquals(List.of(), told("a"));
        assertEquals(List.of(), told("b"));
    }

    @Test
    void everySessionLearnsOfANewLeaderAndOnlyOfTheNewest() {
        cell.startEpoch();
        assertEquals(Set.of("a", "b"), cell.last().told());
        cell.startEpoch();
        assertEquals(List.of(new SessionEvent(2, new SessionEvent.LeaderChanged(3))), events("a"));
    }

    @Test
    void whatIsTakenInIsForgottenAndNumbersGoOn() {
        cell.write("f", "0");
        open("a", "f", Event.Type.CONTENT_CHANGED);
        cell.write("f", "1");
        cell.write("f", "2");
        long revision = cell.machine.revision();
        cell.apply(new Command.AcknowledgeEvents(Map.of("a", 1L, "none", 7L)));
        assertEquals(revision, cell.machine.revision());
        assertEquals(List.of("2 CONTENT_CHANGED f"), told("a"));
        cell.apply(new Command.AcknowledgeEvents(Map.of("a", 99L)));
        assertEquals(List.of(), told("a"));
        cell.write("f", "3");
        assertEquals(List.of("3 CONTENT_CHANGED f"), told("a"));
        assertEquals(cell.machine.recomputedDigest(), cell.machine.digest());
    }

    @Test
    void whoTakesInNothingIsToldHowMuchIsMissing() {
        cell.write("f", "0");
        open("a", "f", Event.Type.CONTENT_CHANGED);
        for (int i = 0; i < Inboxes.KEPT + 5; i++) {
            cell.write("f", "" + i);
        }
        List<SessionEvent> events = events("a");
        assertEquals(Inboxes.KEPT, events.size());
        assertEquals(new SessionEvent(6, new SessionEvent.Dropped(6)), events.get(0));
        assertEquals(7, events.get(1).seq());
        assertEquals(cell.machine.recomputedDigest(), cell.machine.digest());
    }

    @Test
    void nothingIsLeftOfASessionThatEnds() {
        cell.write("f", "0");
        open("a", "f", Event.Type.CONTENT_CHANGED);
        cell.write("f", "1");
        cell.expire("a");
        cell.open("a");
        assertEquals(List.of(), told("a"));
        assertEquals(0, cell.machine.lastSessionEvent("a"));
        assertEquals(cell.machine.recomputedDigest(), cell.machine.digest());
    }

    private static Request.Acquire keptPlace(String name) {
        return new Request.Acquire(TestCell.name(name), LockMode.EXCLUSIVE, 0, true, LockCreation.EPHEMERAL, "");
    }

    private HandleId open(String session, String path, Event.Type... types) {
        handles++;
        HandleId id = new HandleId(session, "h" + handles);
        Request.OpenHandle open =
                new Request.OpenHandle(id, TestCell.name(path), List.of(HandleMode.READ), List.of(types), null, 0);
        return assertInstanceOf(Reply.HandleOpened.class, cell.call(open, session))
                .handle();
    }

    private List<SessionEvent> events(String session) {
        return cell.machine.sessionEvents(session, 0, Integer.MAX_VALUE);
    }

    private List<String> told(String session) {
        return events(session).stream().map(SessionEventsTest::text).toList();
    }

    private static String text(SessionEvent event) {
        SessionEvent.Notice notice = event.notice();
        if (notice instanceof SessionEvent.Happened happened) {
            String name = happened.event().name();
            return event.seq() + " " + happened.event().type() + " "
                    + (name == null ? "" : name.substring("/ls/test/".length()));
        }
        return event.seq() + " LockLost " + ((SessionEvent.LockLost) notice).reason();
    }
}
