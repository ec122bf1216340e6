package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegisterTest {
    private static final String ENTRY = "services/web/1";

    private final TestCell cell = new TestCell();

    @BeforeEach
    void openSessions() {
        cell.startEpoch();
        open("old", "web-1");
        open("new", "web-1");
        open("other", "web-2");
        open("nameless", "");
        open("nameless-too", "");
    }

    private void open(String session, String client) {
        cell.call(new Request.OpenSession(session, client, 12_000, Map.of()));
    }

    private Reply register(String session, String content) {
        return cell.call(new Request.Register(TestCell.name(ENTRY), TestCell.content(content)), session);
    }

    private Reply.Written registered(String session, String content) {
        return assertInstanceOf(Reply.Written.class, register(session, content));
    }

    private static Problem refused(Reply reply) {
        return assertInstanceOf(Reply.Failed.class, reply).problem();
    }

    @Test
    void anInstanceIsAnEphemeralFileOfItsSession() {
        Reply.Written made = registered("old", "here");
        assertTrue(made.created());
        assertTrue(made.stat().ephemeral());
        assertEquals("old", made.stat().owner());
        cell.expire("old");
        assertFalse(cell.exists(ENTRY));
        assertTrue(cell.exists("services/web"), "with its ACLs, for the next");
    }

    @Test
    void theSameSessionWritesItAnew() {
        Stat before = registered("old", "here").stat();
        Reply.Written again = registered("old", "there");
        assertFalse(again.created());
        assertEquals(before.instance(), again.stat().instance());
        assertEquals(2, again.stat().contentGeneration());
    }

    @Test
    void anotherSessionOfTheSameClientTakesOver() {
        Stat before = registered("old", "here").stat();
        cell.tryAcquire("old", ENTRY, LockMode.EXCLUSIVE);
        Reply.Written taken = registered("new", "there");
        assertTrue(taken.created());
        assertEquals("new", taken.stat().owner());
        assertTrue(taken.stat().instance() > before.instance(), "it is another node");
        assertFalse(cell.holds("old", ENTRY));
        cell.expire("old");
        assertTrue(cell.exists(ENTRY), "the end of the old session takes nothing away from the new one");
        cell.expire("new");
        assertFalse(cell.exists(ENTRY));
    }

    @Test
    void anotherClientIsToldWhoIsThere() {
        registered("old", "here");
        long revision = cell.machine.revision();
        Problem problem = refused(register("other", "there"));
        assertEquals(ProblemCode.NODE_EXISTS, problem.code());
        assertEquals(new Problem.Owned("old"), problem.extras());
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void clientsWithoutANameAreNotTheSame() {
        registered("nameless", "here");
        assertEquals(
                ProblemCode.NODE_EXISTS,
                refused(register("nameless-too", "there")).code());
    }

    @Test
    void whatIsNoEntryStaysAsItIs() {
        cell.call(new Request.MakeDirectory(TestCell.name("services/web"), false, true));
        cell.write(ENTRY, "lasting");
        Problem lasting = refused(register("old", "here"));
        assertEquals(ProblemCode.NODE_EXISTS, lasting.code());
        assertEquals(new Problem.Owned(null), lasting.extras());
        Reply onDirectory =
                cell.call(new Request.Register(TestCell.name("services/web"), TestCell.content("x")), "old");
        assertEquals(ProblemCode.NOT_A_FILE, refused(onDirectory).code());
    }

    @Test
    void itNeedsASessionAndFitsIntoAFile() {
        TestCell.assertFailed(
                ProblemCode.SESSION_REQUIRED,
                cell.call(new Request.Register(TestCell.name(ENTRY), TestCell.content("x"))));
        TestCell.assertFailed(
                ProblemCode.CONTENT_TOO_LARGE, register("old", "x".repeat(TestCell.MAX_CONTENT_BYTES + 1)));
        assertFalse(cell.exists("services"));
    }
}
