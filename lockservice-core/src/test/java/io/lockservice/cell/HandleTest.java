package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.HandleId;
import io.lockservice.api.HandleMode;
import io.lockservice.api.LockMode;
import io.lockservice.api.NodeKind;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HandleTest {
    private static final List<HandleMode> ALL = List.of(HandleMode.values());

    private final TestCell cell = new TestCell();

    @BeforeEach
    void openSessions() {
        cell.startEpoch();
        cell.open("a", "b");
    }

    @Test
    void aNodeIsOpenedForWhatWasAsked() {
        cell.write("f", "1");
        HandleId reader = open("a", "f", HandleMode.READ);
        assertInstanceOf(Reply.Node.class, read(reader, "f"));
        TestCell.assertFailed(ProblemCode.PERMISSION_DENIED, write(reader, "f"));
        TestCell.assertFailed(ProblemCode.PERMISSION_DENIED, acquire(reader, "f"));
        HandleId locker = open("a", "f", HandleMode.LOCK);
        TestCell.assertFailed(ProblemCode.PERMISSION_DENIED, read(locker, "f"));
        assertInstanceOf(Reply.Granted.class, acquire(locker, "f"));
        assertTrue(cell.holds("a", "f"), "the handle stands in for its session");
        HandleId writer = open("a", "f", HandleMode.WRITE);
        assertInstanceOf(Reply.Written.class, write(writer, "f"));
        TestCell.assertFailed(
                ProblemCode.PERMISSION_DENIED,
                through(new Request.SetAcl(TestCell.name("f"), "x", null, null, null), writer));
    }

    @Test
    void aHandleIsForItsNodeAlone() {
        cell.write("f", "1");
        cell.write("g", "1");
        HandleId handle = open("a", "f", HandleMode.READ, HandleMode.WRITE);
        TestCell.assertFailed(ProblemCode.BAD_REQUEST, read(handle, "g"));
        TestCell.assertFailed(ProblemCode.BAD_REQUEST, write(handle, "g"));
        TestCell.assertFailed(ProblemCode.BAD_REQUEST, through(new Request.CloseSession("a", 0), handle));
    }

    @Test
    void whatIsMadeAnewUnderTheNameIsAnotherNode() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", HandleMode.READ, HandleMode.WRITE);
        cell.delete("f", false);
        TestCell.assertFailed(ProblemCode.NO_SUCH_NODE, read(handle, "f"));
        cell.write("f", "2");
        TestCell.assertFailed(ProblemCode.NO_SUCH_NODE, read(handle, "f"));
        TestCell.assertFailed(ProblemCode.NO_SUCH_NODE, write(handle, "f"));
    }

    @Test
    void nobodyCanMakeUpAHandle() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", HandleMode.READ);
        TestCell.assertFailed(ProblemCode.NOT_FOUND, read(new HandleId("a", handle.checkDigits() + "x"), "f"));
        TestCell.assertFailed(ProblemCode.NOT_FOUND, read(new HandleId("b", handle.checkDigits()), "f"));
        ClientCall others = new ClientCall(new Request.ReadFile(TestCell.name("f")), "eve", "a", null, null, handle);
        TestCell.assertFailed(ProblemCode.PERMISSION_DENIED, cell.machine.query(others, Elapsed.UNKNOWN));
    }

    @Test
    void closingNeverFailsAndEndsTheHandle() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", HandleMode.READ);
        assertEquals(new Reply.Done(), close(handle));
        TestCell.assertFailed(ProblemCode.NOT_FOUND, read(handle, "f"));
        assertEquals(new Reply.Done(), close(handle));
    }

    @Test
    void aHandleEndsWithItsSession() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", HandleMode.READ);
        cell.expire("a");
        TestCell.assertFailed(ProblemCode.SESSION_EXPIRED, read(handle, "f"));
        TestCell.assertFailed(ProblemCode.SESSION_EXPIRED, close(handle));
        TestCell.assertFailed(ProblemCode.SESSION_EXPIRED, openReply("a", "f", null, List.of(), ALL));
        assertEquals(List.of(), cell.machine.state().handles().all());
    }

    @Test
    void openingMakesTheNodeWhereItIsAllowedTo() {
        TestCell.assertFailed(ProblemCode.NO_SUCH_NODE, openReply("a", "f", null, List.of(), ALL));
        TestCell.assertFailed(ProblemCode.NO_SUCH_NODE, openReply("a", "no/f", creation(false), List.of(), ALL));
        assertTrue(opened(openReply("a", "f", creation(false), List.of(), ALL)).created());
        assertFalse(opened(openReply("a", "f", creation(false), List.of(), ALL)).created());
        TestCell.assertFailed(ProblemCode.NODE_EXISTS, openReply("a", "f", creation(true), List.of(), ALL));
        cell.mkdir("d");
        TestCell.assertFailed(ProblemCode.NOT_A_FILE, openReply("a", "d", creation(false), List.of(), ALL));
        Request.OpenHandle.Creation directory =
                new Request.OpenHandle.Creation(false, NodeKind.DIRECTORY, true, Content.EMPTY);
        TestCell.assertFailed(ProblemCode.NOT_A_DIRECTORY, openReply("a", "f", directory, List.of(), ALL));
        assertEquals(
                "a",
                opened(openReply("a", "e", directory, List.of(), ALL)).stat().owner());
        Request.OpenHandle.Creation large = new Request.OpenHandle.Creation(
                false, NodeKind.FILE, false, new Content(new byte[TestCell.MAX_CONTENT_BYTES + 1]));
        TestCell.assertFailed(ProblemCode.CONTENT_TOO_LARGE, openReply("a", "g", large, List.of(), ALL));
    }

    @Test
    void anEphemeralFileLivesWhileAnyoneHasItOpen() {
        cell.call(TestCell.ephemeralFile("e"), "a");
        HandleId first = open("b", "e", HandleMode.READ);
        HandleId second = open("b", "e", HandleMode.READ);
        cell.expire("a");
        assertTrue(cell.exists("e"));
        close(first);
        assertTrue(cell.exists("e"));
        close(second);
        assertFalse(cell.exists("e"));
    }

    @Test
    void anEphemeralFileGoesWithTheLastSessionThatHasItOpen() {
        cell.call(TestCell.ephemeralFile("e"), "a");
        open("b", "e", HandleMode.READ);
        cell.expire("a");
        assertTrue(cell.exists("e"));
        cell.expire("b");
        assertFalse(cell.exists("e"));
    }

    @Test
    void whoeverEndsTogetherKeepsNothingForEachOther() {
        cell.call(TestCell.ephemeralFile("e"), "a");
        open("b", "e", HandleMode.READ);
        cell.expire("a", "b");
        assertFalse(cell.exists("e"));
    }

    @Test
    void aLockFileStaysWhileItIsOpenAlsoWithoutItsLock() {
        cell.exclusive("a", "l");
        HandleId handle = open("b", "l", HandleMode.READ);
        cell.release("a", "l");
        assertTrue(cell.exists("l"));
        close(handle);
        assertFalse(cell.exists("l"));
    }

    @Test
    void anEphemeralDirectoryStaysWhileItIsOpen() {
        cell.call(new Request.MakeDirectory(TestCell.name("d"), true, false), "a");
        cell.write("d/f", "1");
        HandleId handle = open("b", "d", HandleMode.READ);
        cell.expire("a");
        cell.delete("d/f", false);
        assertTrue(cell.exists("d"));
        close(handle);
        assertFalse(cell.exists("d"));
    }

    @Test
    void permissionIsLookedAtWhenANodeIsOpened() {
        cell.mkdir("acl");
        cell.write("acl/none", "");
        cell.write("f", "1");
        HandleId reader = open("a", "f", HandleMode.READ);
        HandleId locker = open("a", "f", HandleMode.LOCK);
        cell.call(new Request.SetAcl(TestCell.name("f"), "none", "none", "none", null));
        assertInstanceOf(Reply.Node.class, read(reader, "f"));
        assertInstanceOf(Reply.Granted.class, acquire(locker, "f"));
        for (HandleMode mode : HandleMode.values()) {
            TestCell.assertFailed(ProblemCode.PERMISSION_DENIED, openReply("a", "f", null, List.of(), List.of(mode)));
        }
        TestCell.assertFailed(
                ProblemCode.PERMISSION_DENIED,
                openReply("a", "f", null, List.of(Event.Type.CONTENT_CHANGED), List.of()));
    }

    @Test
    void whatIsBelowAnOpenNodeIsProtectedAsBefore() {
        cell.mkdir("acl");
        cell.write("acl/none", "");
        cell.mkdir("d");
        cell.write("d/f", "1");
        cell.call(new Request.SetAcl(TestCell.name("d/f"), null, "none", null, null));
        HandleId handle = open("a", "d", HandleMode.WRITE);
        TestCell.assertFailed(
                ProblemCode.PERMISSION_DENIED,
                through(new Request.DeleteNode(TestCell.name("d"), true, Condition.NONE), handle));
    }

    @Test
    void aLockThatIsTakenThroughAHandleHasItsLockDelay() {
        cell.write("l", "");
        HandleId handle = opened(cell.call(
                        new Request.OpenHandle(new HandleId("a", "h"), TestCell.name("l"), ALL, List.of(), null, 9_000),
                        "a"))
                .handle();
        acquire(handle, "l");
        cell.expire("a");
        assertEquals(9_000, cell.last().delays().get(0).delayMs());
    }

    @Test
    void aSessionShowsWhatItHasOpen() {
        cell.write("f", "1");
        HandleId handle = open("a", "f", HandleMode.READ);
        Reply.SessionDetail detail = (Reply.SessionDetail) cell.query(new Request.GetSession("a"));
        assertEquals(
                List.of(new Reply.HandleState(
                        handle, "/ls/test/f", cell.stat("f").instance(), List.of(HandleMode.READ), List.of())),
                detail.handles());
    }

    private HandleId open(String session, String path, HandleMode... modes) {
        return opened(openReply(session, path, null, List.of(), List.of(modes))).handle();
    }

    private int count;

    private Reply openReply(
            String session,
            String path,
            Request.OpenHandle.@Nullable Creation create,
            List<Event.Type> events,
            List<HandleMode> modes) {
        count++;
        HandleId id = new HandleId(session, "h" + count);
        return cell.call(new Request.OpenHandle(id, TestCell.name(path), modes, events, create, 0), session);
    }

    private static Reply.HandleOpened opened(Reply reply) {
        return assertInstanceOf(Reply.HandleOpened.class, reply);
    }

    private static Request.OpenHandle.Creation creation(boolean must) {
        return new Request.OpenHandle.Creation(must, NodeKind.FILE, false, TestCell.content("new"));
    }

    private Reply close(HandleId handle) {
        return cell.call(new Request.CloseHandle(handle), handle.session());
    }

    private Reply through(Request request, HandleId handle) {
        return cell.call(ClientCall.of(request, handle));
    }

    private Reply read(HandleId handle, String path) {
        return cell.machine.query(ClientCall.of(new Request.ReadFile(TestCell.name(path)), handle), Elapsed.UNKNOWN);
    }

    private Reply write(HandleId handle, String path) {
        return through(TestCell.file(path, "new"), handle);
    }

    private Reply acquire(HandleId handle, String path) {
        return through(TestCell.acquire(path, LockMode.EXCLUSIVE, 0), handle);
    }
}
