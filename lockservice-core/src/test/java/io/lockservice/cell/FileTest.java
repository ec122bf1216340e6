package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.content;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.wire.Hash64;
import java.util.List;
import org.junit.jupiter.api.Test;

class FileTest {
    private static final Condition ABSENT = new Condition(null, true, false);
    private static final Condition EXISTING = new Condition(null, false, true);

    private final TestCell cell = new TestCell();

    @Test
    void aNewFileHasItsNumbers() {
        cell.mkdir("d");
        Stat stat = cell.write("d/f", "hello");
        long revision = cell.machine.revision();
        assertEquals(
                new Stat(
                        "/ls/test/d/f",
                        NodeKind.FILE,
                        false,
                        null,
                        revision,
                        1,
                        0,
                        0,
                        0,
                        0xa430d84680aabd0bL,
                        5,
                        0,
                        revision,
                        revision),
                stat);
        assertEquals(new Reply.Node(stat, content("hello")), cell.query(new Request.ReadFile(name("d/f"))));
        assertEquals(List.of(Event.Type.NODE_CREATED), cell.events());
    }

    @Test
    void everyAcceptedWriteAlsoOfTheSameContentIsAGeneration() {
        Stat first = cell.write("f", "x");
        Reply.Written second = assertInstanceOf(Reply.Written.class, cell.call(TestCell.file("f", "x")));
        assertFalse(second.created());
        assertEquals(2, second.stat().contentGeneration());
        assertEquals(first.checksum(), second.stat().checksum());
        assertEquals(first.instance(), second.stat().instance());
        assertEquals(first.createdRevision(), second.stat().createdRevision());
        assertEquals(first.modifiedRevision() + 1, second.stat().modifiedRevision());
        assertEquals(List.of(Event.Type.CONTENT_CHANGED), cell.events());
        assertNotEquals(first.checksum(), cell.write("f", "y").checksum());
    }

    @Test
    void theChecksumIsFnv1aOfTheContentAlone() {
        assertEquals(0xcbf29ce484222325L, cell.write("empty", "").checksum());
        assertEquals(0xaf63dc4c8601ec8cL, cell.write("a", "a").checksum());
        assertEquals(0x85944171f73967e8L, Hash64.fnv1a(content("foobar").bytes()));
        assertEquals(cell.write("x", "same").checksum(), cell.write("y", "same").checksum());
    }

    @Test
    void aFileMadeAgainHasALargerInstanceAndStartsAtGenerationOne() {
        long first = cell.write("f", "").instance();
        cell.delete("f", false);
        Stat again = cell.write("f", "");
        assertTrue(again.instance() > first);
        assertEquals(1, again.contentGeneration());
    }

    @Test
    void missingParentsAreRefusedByNameOrMade() {
        Problem problem = assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(TestCell.file("x/y/f", "")));
        assertTrue(problem.detail().contains("/ls/test/x/y'"), problem.detail());
        long revision = cell.machine.revision();
        cell.call(new Request.WriteFile(name("x/y/f"), Content.EMPTY, Condition.NONE, true, false));
        assertEquals(revision + 1, cell.machine.revision());
        assertEquals(
                List.of("/ls/test/x", "/ls/test/x/y", "/ls/test/x/y/f"),
                cell.last().events().stream().map(Event::name).toList());
        assertEquals(1, cell.stat("x").childCount());
        assertEquals(revision + 1, cell.stat("x/y").instance());
    }

    @Test
    void aFileHasNoChildrenAndADirectoryNoContent() {
        cell.write("f", "");
        cell.mkdir("d");
        assertFailed(ProblemCode.NOT_A_DIRECTORY, cell.call(TestCell.file("f/x", "")));
        assertFailed(
                ProblemCode.NOT_A_DIRECTORY,
                cell.call(new Request.WriteFile(name("f/x/y"), Content.EMPTY, Condition.NONE, true, false)));
        assertFailed(ProblemCode.NOT_A_FILE, cell.call(TestCell.file("d", "")));
        assertFailed(ProblemCode.NOT_A_FILE, cell.call(TestCell.file("", "")));
        assertFailed(ProblemCode.NOT_A_FILE, cell.query(new Request.ReadFile(name("d"))));
        assertFailed(ProblemCode.NOT_A_DIRECTORY, cell.query(new Request.ListChildren(name("f"), 10, "")));
    }

    @Test
    void contentThatIsTooLargeIsRefusedWithTheLimit() {
        cell.write("f", "x".repeat(TestCell.MAX_CONTENT_BYTES));
        Problem problem = assertFailed(
                ProblemCode.CONTENT_TOO_LARGE,
                cell.call(TestCell.file("f", "x".repeat(TestCell.MAX_CONTENT_BYTES + 1))));
        assertEquals(new Problem.Limit(TestCell.MAX_CONTENT_BYTES), problem.extras());
        assertEquals(1, cell.stat("f").contentGeneration());
    }

    @Test
    void compareAndSwapSucceedsOnlyAtTheExpectedNumbers() {
        Stat stat = cell.write("f", "1");
        Condition.Version now = new Condition.Version(stat.instance(), 1);
        Condition.Version other = new Condition.Version(stat.instance(), 7);
        Reply swapped = cell.call(conditional("f", new Condition(List.of(other, now), false, false)));
        assertInstanceOf(Reply.Written.class, swapped);
        long revision = cell.machine.revision();
        Problem problem = assertFailed(
                ProblemCode.GENERATION_MISMATCH,
                cell.call(conditional("f", new Condition(List.of(now), false, false))));
        assertEquals(new Problem.Current(cell.stat("f")), problem.extras());
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void aConditionOnAMissingNodeFailsWithoutAStat() {
        Condition version = new Condition(List.of(new Condition.Version(1, 1)), false, false);
        for (Condition condition : List.of(version, EXISTING)) {
            Problem problem = assertFailed(ProblemCode.GENERATION_MISMATCH, cell.call(conditional("f", condition)));
            assertEquals(new Problem.Current(null), problem.extras());
        }
        assertFalse(cell.exists("f"));
    }

    @Test
    void aFailedConditionMakesNoParents() {
        Request.WriteFile write = new Request.WriteFile(name("x/f"), Content.EMPTY, EXISTING, true, false);
        assertFailed(ProblemCode.GENERATION_MISMATCH, cell.call(write));
        assertFalse(cell.exists("x"));
    }

    @Test
    void createOnlyAndReplaceOnlyDoWhatTheySay() {
        assertInstanceOf(Reply.Written.class, cell.call(conditional("f", ABSENT)));
        Problem problem = assertFailed(ProblemCode.GENERATION_MISMATCH, cell.call(conditional("f", ABSENT)));
        assertEquals(new Problem.Current(cell.stat("f")), problem.extras());
        assertInstanceOf(Reply.Written.class, cell.call(conditional("f", EXISTING)));
    }

    @Test
    void anEphemeralFileBelongsToTheCallsSessionAndLaterWritesDoNotChangeThat() {
        cell.open("a", "b");
        assertFailed(ProblemCode.SESSION_REQUIRED, cell.call(TestCell.ephemeralFile("f")));
        cell.call(TestCell.ephemeralFile("f"), "a");
        assertEquals("a", cell.stat("f").owner());
        assertTrue(cell.stat("f").ephemeral());
        cell.call(TestCell.ephemeralFile("f"), "b");
        assertEquals("a", cell.stat("f").owner());
        cell.write("g", "");
        cell.call(TestCell.ephemeralFile("g"), "b");
        assertFalse(cell.stat("g").ephemeral());
        cell.call(new Request.CloseSession("b", 0));
        assertTrue(cell.exists("f"));
        cell.call(new Request.CloseSession("a", 0));
        assertFalse(cell.exists("f"));
    }

    @Test
    void anotherCellsNamesAreNeitherFoundNorMade() {
        Name elsewhere = Name.root("other").child("f");
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetStat(elsewhere, false)));
        assertFailed(
                ProblemCode.WRONG_CELL,
                cell.call(new Request.WriteFile(elsewhere, Content.EMPTY, Condition.NONE, true, false)));
        assertEquals(1, cell.machine.nodeCount());
    }

    private static Request.WriteFile conditional(String path, Condition condition) {
        return new Request.WriteFile(name(path), Content.EMPTY, condition, false, false);
    }
}
