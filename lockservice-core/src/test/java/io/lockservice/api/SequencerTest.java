package io.lockservice.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequencerTest {
    @Test
    void itsTextIsTheSameSequencer() {
        assertRoundTrip(new Sequencer("/ls/local/a", LockMode.EXCLUSIVE, 1, 2, 3));
        assertRoundTrip(new Sequencer("/ls/local/a b/é:😀", LockMode.SHARED, 0, 999_999_999_999_999_999L, 7));
    }

    @Test
    void theLongestNameFitsAlsoWhereEveryByteIsPercentEncoded() {
        String name = "/ls/" + "é".repeat(510);
        assertEquals(Name.MAX_BYTES, 4 + 2 * 510);
        assertRoundTrip(new Sequencer(name, LockMode.SHARED, 1, 1, 1));
    }

    @Test
    void itsTextIsVisibleAscii() {
        String text = new Sequencer("/ls/local/a b/é", LockMode.SHARED, 4, 5, 6).toString();
        assertEquals("s-4-5-6:/ls/local/a%20b/%C3%A9", text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "x-1-2-3",
                "x-1-2-3:",
                "x-1-2-3:/ls/",
                "y-1-2-3:/ls/a/b",
                "x-1-2:/ls/a/b",
                "x--1-2-3:/ls/a/b",
                "x-1-2-9999999999999999999:/ls/a/b",
                "x-1-2-3:/ls/a/%zz",
                "x-1-2-3:/ls/a/%ff",
                "x-1-2-3:/ls/a/é",
                " x-1-2-3:/ls/a/b"
            })
    void whatIsNoSequencerAtAllIsEmptyAndNeverThrows(String text) {
        assertTrue(Sequencer.parse(text).isEmpty());
    }

    private static void assertRoundTrip(Sequencer sequencer) {
        assertEquals(Optional.of(sequencer), Sequencer.parse(sequencer.toString()));
    }
}
