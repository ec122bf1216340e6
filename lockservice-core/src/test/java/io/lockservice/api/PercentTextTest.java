package io.lockservice.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PercentTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "/ls/local/a", "a b", "100%", "é", "€/😀", "a+b?c#d", "\u00a0", "~-._"})
    void whatIsEncodedIsVisibleAsciiAndDecodesToTheSame(String text) {
        String encoded = PercentText.encode(text);
        assertEquals(
                encoded.length(), encoded.chars().filter(c -> c > 32 && c < 127).count());
        assertEquals(text, PercentText.decode(encoded));
    }

    @Test
    void slashesAndUnreservedCharactersStay() {
        assertEquals("/ls/a-b._~/Z9", PercentText.encode("/ls/a-b._~/Z9"));
        assertEquals("%20%25%C3%A9", PercentText.encode(" %é"));
    }

    @Test
    void lowerCaseHexIsUnderstood() {
        assertEquals("é", PercentText.decode("%c3%a9"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%4", "%4g", "a%", "%c3", "%ff", "%ed%a0%80", "é", "é%20", "%\uff11\uff11", "%C0%AF"})
    void whatIsNotPercentEncodedUtf8IsABadName(String text) {
        ProblemException thrown = assertThrows(ProblemException.class, () -> PercentText.decode(text));
        assertEquals(ProblemCode.BAD_NAME, thrown.problem().code());
    }
}
