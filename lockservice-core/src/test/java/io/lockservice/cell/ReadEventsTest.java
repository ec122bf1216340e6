package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who is told what. */
class ReadEventsTest {
    private final TestCell cell = new TestCell();

    @Test
    void aNodeAndItsDirectChildrenOrAllBelow() {
        cell.call(new Request.MakeDirectory(name("a/b"), false, true));
        cell.call(TestCell.file("a/f", "1"));
        cell.call(TestCell.file("a/b/f", "1"));
        cell.call(TestCell.file("ab", "1"));
        assertEquals(
                List.of("node-created /ls/test/a", "node-created /ls/test/a/b", "node-created /ls/test/a/f"),
                read("a", false, EventPosition.START));
        assertEquals(
                List.of(
                        "node-created /ls/test/a",
                        "node-created /ls/test/a/b",
                        "node-created /ls/test/a/f",
                        "node-created /ls/test/a/b/f"),
                read("a", true, EventPosition.START));
        assertEquals(List.of(), read("nothing", true, EventPosition.START), "the node need not exist");
    }

    @Test
    void anExpiredSessionIsToldToRecursiveStreamsOnTheRoot() {
        cell.open("s");
        cell.apply(new Command.ExpireSessions(cell.machine.epoch(), List.of("s")));
        assertEquals(List.of("session-expired null"), read("", true, EventPosition.START));
        assertEquals(List.of(), read("", false, EventPosition.START));
        assertEquals(List.of(), read("a", true, EventPosition.START));
    }

    @Test
    void withoutAPlaceOneBeginsWithWhatComesNext() {
        cell.call(TestCell.file("f", "1"));
        Reply.EventPage page = page("", true, null);
        assertEquals(List.of(), page.events());
        assertEquals(EventPosition.after(cell.machine.revision()), page.end());
        cell.call(TestCell.file("f", "2"));
        assertEquals(List.of("content-changed /ls/test/f"), read("", true, page.end()));
    }

    @Test
    void whatIsNoLongerKeptIsSaidWithTheOldestThatIs() {
        cell.call(TestCell.file("f", "1"));
        long number = 1L << 40;
        cell.machine.riseTo(number);
        Problem problem = assertFailed(
                ProblemCode.COMPACTED,
                cell.query(new Request.ReadEvents(name("f"), false, EventPosition.after(number - 1), 10)));
        assertEquals(new Problem.Compacted(number), problem.extras());
        cell.call(TestCell.file("f", "2"));
        assertEquals(List.of("content-changed /ls/test/f"), read("f", false, EventPosition.after(number)));
    }

    @Test
    void aRestoredStateAnswersTheSame() {
        cell.call(new Request.MakeDirectory(name("a/b"), false, true));
        cell.call(TestCell.file("a/f", "1"));
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        cell.machine.snapshot().forEach((key, value) -> records.add(Map.entry(key, value)));
        StateMachine same = StateMachine.restore(TestCell.CELL, TestCell.MAX_CONTENT_BYTES, records.iterator());
        Request.ReadEvents all = new Request.ReadEvents(name(""), true, EventPosition.START, 1_000);
        assertEquals(cell.query(all), same.query(all, null, Elapsed.UNKNOWN));
        assertEquals(
                3,
                assertInstanceOf(Reply.EventPage.class, cell.query(all))
                        .events()
                        .size());
    }

    private Reply.EventPage page(String name, boolean recursive, @Nullable EventPosition after) {
        return assertInstanceOf(
                Reply.EventPage.class, cell.query(new Request.ReadEvents(name(name), recursive, after, 1_000)));
    }

    private List<String> read(String name, boolean recursive, EventPosition after) {
        return page(name, recursive, after).events().stream()
                .map(ReadEventsTest::text)
                .toList();
    }

    private static String text(Event event) {
        return event.type().name().toLowerCase(Locale.ROOT).replace('_', '-') + " " + event.name();
    }
}
