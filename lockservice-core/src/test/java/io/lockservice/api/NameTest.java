package io.lockservice.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NameTest {
    private static final String CELL = "paris";

    @Test
    void localStandsForTheCellThatAnswers() {
        assertEquals("/ls/paris/a/b", Name.parse("/ls/local/a/b", CELL).path());
        assertEquals("/ls/paris", Name.parse("/ls/local", CELL).path());
        assertEquals("/ls/paris/local", Name.parse("/ls/paris/local", CELL).path());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/ls",
                "/ls/",
                "ls/paris/a",
                "/x/paris/a",
                "/ls/paris/",
                "/ls/paris//a",
                "/ls/paris/a/",
                "/ls/paris/.",
                "/ls/paris/../a",
                "/ls/paris/a\u0000",
                "/ls/paris/a\nb",
                "/ls/paris/\u007f",
                "/ls/paris/\u0085",
                "/ls/paris/\ud800"
            })
    void whatIsNoNameIsRefusedAndNeverNormalisedAway(String text) {
        assertCode(ProblemCode.BAD_NAME, text);
    }

    @Test
    void aNameInAnotherCellIsRefusedWithThatReason() {
        assertCode(ProblemCode.WRONG_CELL, "/ls/rome/a");
        assertCode(ProblemCode.WRONG_CELL, "/ls/locals/a");
    }

    @Test
    void aComponentHasAtMost255BytesOfUtf8() {
        assertEquals(
                255, Name.parse("/ls/paris/" + "a".repeat(255), CELL).leaf().length());
        assertCode(ProblemCode.BAD_NAME, "/ls/paris/" + "a".repeat(256));
        assertEquals(
                127, Name.parse("/ls/paris/" + "é".repeat(127), CELL).leaf().length());
        assertCode(ProblemCode.BAD_NAME, "/ls/paris/" + "é".repeat(128));
    }

    @Test
    void aNameHasAtMost32Components() {
        assertEquals(
                30 * 2 + 9,
                Name.parse("/ls/paris" + "/a".repeat(30), CELL).path().length());
        assertCode(ProblemCode.BAD_NAME, "/ls/paris" + "/a".repeat(31));
    }

    @Test
    void theRealCellsNameCountsForTheLengthOfAName() {
        String rest = ("/" + "a".repeat(202)).repeat(5);
        assertEquals(
                1024,
                Name.parse("/ls/local" + rest.substring(0, 1015), "local")
                        .path()
                        .length());
        assertCode(ProblemCode.BAD_NAME, "/ls/local" + rest.substring(0, 1015) + "b", "local");
        assertCode(ProblemCode.BAD_NAME, "/ls/local" + rest.substring(0, 1015), "longer");
    }

    @Test
    void parentLeafAndChildFitTogether() {
        Name name = Name.parse("/ls/paris/a/b", CELL);
        assertEquals(Name.parse("/ls/paris/a", CELL), name.parent());
        assertEquals("b", name.leaf());
        assertEquals(name, Name.root(CELL).child("a").child("b"));
        assertNull(Name.root(CELL).parent());
    }

    @Test
    void aNodeIsAboveWhatIsBelowItAtAnyDepthAndNothingElse() {
        Name a = Name.root(CELL).child("a");
        assertTrue(Name.root(CELL).isAbove(a.child("b").child("c")));
        assertFalse(a.isAbove(a));
        assertFalse(a.isAbove(Name.root(CELL).child("ab")));
        assertFalse(a.child("b").isAbove(a));
    }

    @Test
    void siblingsAreInTheOrderOfTheirUtf8Bytes() {
        List<String> leaves =
                new ArrayList<>(List.of("a", "A", "a!", "a b", "z", "~", "é", "€", "\ufffd", "😀", "\ue000", "0", "-"));
        Comparator<String> byBytes = (left, right) ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
        TreeSet<Name> names = new TreeSet<>();
        leaves.forEach(leaf -> names.add(Name.root(CELL).child(leaf)));
        leaves.sort(byBytes);
        assertEquals(leaves, names.stream().map(Name::leaf).toList());
    }

    @Test
    void namesAreInTheOrderOfTheirUtf8BytesSoThatASubtreeIsContiguous() {
        Random random = new Random(1);
        String[] components = {"a", "a!", "a-b", "b", "é", "😀"};
        TreeSet<Name> names = new TreeSet<>();
        for (int i = 0; i < 300; i++) {
            Name name = Name.root(CELL);
            int depth = 1 + random.nextInt(4);
            for (int level = 0; level < depth; level++) {
                name = name.child(components[random.nextInt(components.length)]);
                names.add(name);
            }
        }
        List<String> byBytes = new ArrayList<>(names.stream().map(Name::path).toList());
        byBytes.sort((left, right) ->
                Arrays.compareUnsigned(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8)));
        assertEquals(byBytes, names.stream().map(Name::path).toList());
        for (Name top : names) {
            assertEquals(
                    names.stream().filter(top::isAbove).toList(),
                    List.copyOf(names.subSet(new Name(top.path() + "/"), new Name(top.path() + "0"))));
        }
    }

    private static void assertCode(ProblemCode code, String text) {
        assertCode(code, text, CELL);
    }

    private static void assertCode(ProblemCode code, String text, String cell) {
        ProblemException thrown = assertThrows(ProblemException.class, () -> Name.parse(text, cell));
        assertEquals(code, thrown.problem().code());
    }
}
