package io.lockservice.cell.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.check.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventLogTest {
    private final EventLog log = new EventLog();
    private final List<Event> all = new ArrayList<>();
    private long revision;

    @Test
    void anEmptyLogIsReadFromAnywhere() {
        assertEquals(new EventLog.Page(List.of(), EventPosition.START, true), read(EventPosition.START, 10));
        EventPosition future = EventPosition.after(99);
        assertEquals(new EventLog.Page(List.of(), future, true), read(future, 10));
    }

    @Test
    void readingGoesOnBehindAPlaceAndNeverSplitsARevision() {
        add(1);
        add(3);
        add(2);
        EventLog.Page first = read(EventPosition.START, 2);
        assertEquals(all.subList(0, 4), first.events(), "the second of a revision's three comes with the third");
        assertEquals(EventPosition.after(2), first.end());
        assertFalse(first.complete());
        EventLog.Page second = read(first.end(), 2);
        assertEquals(all.subList(4, 6), second.events());
        assertTrue(second.complete());
        assertEquals(List.of(), read(second.end(), 2).events());
        assertEquals(all.subList(2, 4), read(new EventPosition(2, 1), 1).events(), "in the middle of a revision");
    }

    @Test
    void whatIsNotWantedIsPassedOverALittleAtATime() {
        for (int i = 0; i < 50; i++) {
            add(1);
        }
        EventLog.Page page = log.read(EventPosition.START, event -> event.revision() == 40, 10, 20);
        assertEquals(new EventLog.Page(List.of(), EventPosition.after(20), false), page);
        page = log.read(page.end(), event -> event.revision() == 40, 10, 20);
        assertEquals(List.of(all.get(39)), page.events());
        assertEquals(EventPosition.after(40), page.end());
    }

    @Test
    void theNewestAreKeptAndWhatWasDroppedIsKnown() {
        SplittableRandom random = new SplittableRandom(1);
        while (all.size() < 3 * EventLog.KEPT) {
            add(1 + random.nextInt(5));
        }
        EventPosition dropped = log.dropped();
        List<Event> kept = new ArrayList<>();
        EventPosition at = dropped;
        for (EventLog.Page page = read(at, 1_000); !page.events().isEmpty(); page = read(at, 1_000)) {
            kept.addAll(page.events());
            at = page.end();
        }
        assertTrue(kept.size() >= EventLog.KEPT && kept.size() < EventLog.KEPT + 2_048, "kept " + kept.size());
        assertEquals(all.subList(all.size() - kept.size(), all.size()), kept, "no gap, nothing twice");
        assertThrows(
                InvariantViolation.class, () -> read(new EventPosition(dropped.revision(), dropped.index() - 1), 10));
    }

    @Test
    void aCopyIsRestoredToTheSameAndGoesOnAsTheOriginal() {
        SplittableRandom random = new SplittableRandom(2);
        while (all.size() < EventLog.KEPT + 5_000) {
            add(1 + random.nextInt(3));
        }
        EventLog.Copy copy = log.copy();
        EventLog restored = new EventLog();
        restored.restore(copy.header());
        copy.forEach(event -> restored.add(List.of(event)));
        assertEquals(log.sum(), restored.sum());
        assertEquals(log.sum(), restored.recomputedSum());
        for (int i = 0; i < 5_000; i++) {
            restored.add(add(2));
            assertEquals(log.dropped(), restored.dropped());
        }
        assertEquals(log.sum(), restored.sum());
        assertEquals(log.recomputedSum(), log.sum());
    }

    @Test
    void whatIsForgottenIsSaidToBeDropped() {
        add(3);
        log.forgetThrough(1_000);
        assertEquals(EventPosition.after(1_000), log.dropped());
        revision = 1_000;
        List<Event> next = add(2);
        assertEquals(next, read(EventPosition.after(1_000), 10).events());
        assertEquals(log.sum(), log.recomputedSum());
    }

    private EventLog.Page read(EventPosition after, int limit) {
        return log.read(after, event -> true, limit, Integer.MAX_VALUE);
    }

    private List<Event> add(int events) {
        revision++;
        List<Event> more = new ArrayList<>();
        for (int index = 1; index <= events; index++) {
            more.add(new Event(revision, index, Event.Type.CONTENT_CHANGED, "/ls/test/f" + revision, null, null, 0));
        }
        all.addAll(more);
        log.add(more);
        return more;
    }
}
