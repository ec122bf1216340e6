package io.lockservice.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.lockservice.check.InvariantViolation;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogWindowTest {
    private static final ProposalNumber NUMBER = new ProposalNumber(1, 1);

    private final LogWindow log = new LogWindow(100);

    @Test
    void chosenSlotsLeaveOldestFirstOnceTheyTakeTooMuch() {
        accept(1, 2, 3, 4);
        choose(4);
        assertNull(log.get(1));
        assertNull(log.get(2));
        assertEquals(List.of(3L, 4L), slots(log.chosenFrom(3, 1_000)));
        assertNull(log.chosenFrom(2, 1_000));
    }

    @Test
    void whatIsNotChosenStaysHoweverMuchItIs() {
        accept(1, 2, 3, 4, 5, 6, 7, 8);
        choose(5);
        assertEquals(List.of(6L, 7L, 8L), slots(log.acceptedFrom(1, 1_000)));
        assertEquals(8, log.lastSlot());
    }

    @Test
    void theNewestChosenSlotStaysHoweverLargeItIs() {
        log.accept(new LogEntry(1, NUMBER, Value.ofBytes(new byte[1_000])));
        log.choose();
        assertNotNull(log.get(1));
        accept(2);
        choose(1);
        assertNull(log.get(1));
        assertNotNull(log.get(2));
    }

    @Test
    void chunksAreBoundedButNeverEmpty() {
        accept(1, 2, 3);
        assertEquals(List.of(1L, 2L), slots(log.acceptedFrom(1, 80)));
        assertEquals(List.of(2L), slots(log.acceptedFrom(2, 1)));
        choose(2);
        assertEquals(List.of(1L), slots(log.chosenFrom(1, 1)));
    }

    @Test
    void acceptedAndChosenAreKeptApart() {
        accept(1, 2, 4);
        choose(2);
        assertEquals(List.of(1L, 2L), slots(log.chosenFrom(1, 1_000)));
        assertEquals(List.of(), slots(log.chosenFrom(3, 1_000)));
        assertEquals(List.of(4L), slots(log.acceptedFrom(1, 1_000)));
    }

    @Test
    void aChosenSlotIsNeitherAcceptedAgainNorChosenUnseen() {
        accept(1);
        choose(1);
        assertThrows(InvariantViolation.class, () -> accept(1));
        assertThrows(InvariantViolation.class, log::choose);
    }

    private void accept(long... slots) {
        for (long slot : slots) {
            log.accept(new LogEntry(slot, NUMBER, Value.ofBytes(new byte[40])));
        }
    }

    private void choose(int count) {
        for (int i = 0; i < count; i++) {
            log.choose();
        }
    }

    private static List<Long> slots(@org.jspecify.annotations.Nullable List<LogEntry> entries) {
        assertNotNull(entries);
        return entries.stream().map(LogEntry::slot).toList();
    }
}
