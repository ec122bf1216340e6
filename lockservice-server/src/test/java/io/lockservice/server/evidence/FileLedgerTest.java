package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ledger notices what it is there to notice. */
final class FileLedgerTest {
    private final FileLedger ledger = new FileLedger("f", 30);

    @BeforeEach
    void twoWrites() {
        ledger.acknowledged(ledger.next(), 1);
        ledger.acknowledged(ledger.next(), 2);
    }

    @Test
    void whatWasAcknowledgedLastIsRead() {
        ledger.read(ledger.content(2), 2);
        ledger.readStale(ledger.content(1), 1);
    }

    @Test
    void aLostWriteIsNoticed() {
        assertThrows(AssertionError.class, () -> ledger.read(ledger.content(1), 1));
        assertThrows(AssertionError.class, () -> ledger.read(ledger.content(1), 2));
        assertThrows(AssertionError.class, ledger::readNothing);
    }

    @Test
    void aWriteDoneTwiceIsNoticed() {
        long third = ledger.next();
        assertThrows(AssertionError.class, () -> ledger.acknowledged(third, 4));
        assertThrows(AssertionError.class, () -> ledger.read(ledger.content(2), 3));
    }

    @Test
    void damageIsNoticed() {
        byte[] content = ledger.content(2);
        content[20] ^= 1;
        assertThrows(AssertionError.class, () -> ledger.read(content, 2));
        assertThrows(AssertionError.class, () -> ledger.readStale(content, 2));
    }

    @Test
    void aWriteThatWasNeverTriedIsNoticed() {
        assertThrows(AssertionError.class, () -> ledger.readStale(ledger.content(3), 3));
        assertThrows(AssertionError.class, () -> ledger.readStale(ledger.content(1), 2));
    }

    @Test
    void aWriteWithoutAnAnswerMayBeDoneOnceAndLate() {
        ledger.unanswered(ledger.next());
        ledger.unanswered(ledger.next());
        ledger.read(ledger.content(2), 2);
        ledger.read(ledger.content(4), 3);
        ledger.read(ledger.content(3), 4);
        assertEquals(2, ledger.doneUnanswered());
        assertThrows(AssertionError.class, () -> ledger.read(ledger.content(4), 5));
    }

    @Test
    void aWriteWithoutAnAnswerCountsWhereALaterOneIsAcknowledged() {
        ledger.unanswered(ledger.next());
        ledger.acknowledged(ledger.next(), 4);
        assertEquals(1, ledger.doneUnanswered());
        assertThrows(AssertionError.class, () -> ledger.read(ledger.content(3), 5));
    }
}
