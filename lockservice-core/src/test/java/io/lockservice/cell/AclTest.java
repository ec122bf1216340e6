package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.content;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Who may do what (Burrows, section 2.2). */
class AclTest {
    private final TestCell cell = new TestCell();

    AclTest() {
        cell.call(new Request.OpenSession("s", "", 10_000, Map.of()));
        mkdir("acl");
        write("acl/readers", "ann\n  bob \n\n");
        write("acl/writers", "ann");
        mkdir("d");
    }

    @Test
    void aNewCellIsOpenToEverybody() {
        assertEquals(new Reply.Acl(null, null, null, 0), acl("d"));
        assertInstanceOf(Reply.Written.class, as("eve", file("d/f", "1")));
    }

    @Test
    void whoIsNotListedIsDeniedAndToldWhereTheListIs() {
        write("d/f", "1");
        set("d/f", "readers", "writers", null);
        assertInstanceOf(Reply.Node.class, see("bob", new Request.ReadFile(name("d/f"))));
        Problem denied = assertFailed(ProblemCode.PERMISSION_DENIED, see("eve", new Request.ReadFile(name("d/f"))));
        assertTrue(denied.detail().contains("/ls/test/acl/readers"), denied.detail());
        assertFailed(ProblemCode.PERMISSION_DENIED, see("eve", new Request.GetStat(name("d/f"), false)));
        assertFailed(ProblemCode.PERMISSION_DENIED, see("eve", new Request.GetLock(name("d/f"))));
        assertFailed(ProblemCode.PERMISSION_DENIED, see("eve", new Request.GetAcl(name("d/f"))));
        assertFailed(ProblemCode.PERMISSION_DENIED, see("eve", new Request.ReadEvents(name("d/f"), false, null, 1)));
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", file("d/f", "2")));
        assertFailed(
                ProblemCode.PERMISSION_DENIED, as("bob", new Request.DeleteNode(name("d/f"), false, Condition.NONE)));
        assertInstanceOf(Reply.Written.class, as("ann", file("d/f", "2")));
    }

    @Test
    void acquiringInEitherModeNeedsWritePermissionAndForcingNeedsChange() {
        write("d/f", "1");
        set("d/f", null, "writers", "writers");
        for (LockMode mode : LockMode.values()) {
            assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", acquire("d/f", mode)));
        }
        assertInstanceOf(Reply.Granted.class, as("ann", acquire("d/f", LockMode.SHARED)));
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", new Request.ForceRelease(name("d/f"))));
        assertInstanceOf(
                Reply.Released.class, as("bob", new Request.Release(name("d/f"))), "what one holds one may release");
    }

    @Test
    void whatIsMadeInADirectoryTakesOverItsAclsAndNeedsItsWritePermission() {
        set("d", "readers", "writers", "writers");
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", file("d/f", "1")));
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", acquire("d/x/y/lock", LockMode.SHARED)));
        as("ann", file("d/f", "1"));
        assertEquals(new Reply.Acl("readers", "writers", "writers", 0), acl("ann", "d/f"));
        as("ann", acquire("d/x/y/lock", LockMode.SHARED));
        assertEquals(new Reply.Acl("readers", "writers", "writers", 0), acl("ann", "d/x/y"));
        set("ann", "d", null, null, null);
        assertEquals(new Reply.Acl("readers", "writers", "writers", 0), acl("ann", "d/f"), "only when it is made");
    }

    @Test
    void changingNeedsChangePermissionAndCountsGenerations() {
        assertEquals(new Reply.Acl(null, null, "writers", 1), set("d", null, null, "writers"));
        assertEquals(
                List.of(Event.Type.ACL_CHANGED),
                cell.last().events().stream().map(Event::type).toList());
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", new Request.SetAcl(name("d"), null, null, null, null)));
        Request.SetAcl old = new Request.SetAcl(name("d"), null, null, null, 0L);
        Problem problem = assertFailed(ProblemCode.GENERATION_MISMATCH, as("ann", old));
        assertInstanceOf(Problem.Current.class, problem.extras());
        assertInstanceOf(Reply.Acl.class, as("ann", new Request.SetAcl(name("d"), "readers", null, null, 1L)));
        assertFailed(ProblemCode.NO_SUCH_NODE, as("ann", new Request.SetAcl(name("x"), null, null, null, null)));
    }

    @Test
    void anAclThatIsNotThereListsNobodyAndOneThatChangesCountsAtOnce() {
        set("d", null, "nobody", null);
        assertFailed(ProblemCode.PERMISSION_DENIED, as("ann", file("d/f", "1")));
        write("acl/nobody", "ann");
        assertInstanceOf(Reply.Written.class, as("ann", file("d/f", "1")));
        write("acl/nobody", "bob");
        assertFailed(ProblemCode.PERMISSION_DENIED, as("ann", file("d/f", "2")));
        cell.call(new Request.DeleteNode(name("acl/nobody"), false, Condition.NONE));
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", file("d/f", "2")));
    }

    @Test
    void whoDeletesADirectoryNeedsAllThatIsInIt() {
        write("d/f", "1");
        set("d/f", null, "writers", null);
        Request.DeleteNode all = new Request.DeleteNode(name("d"), true, Condition.NONE);
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", all));
        assertInstanceOf(Reply.Done.class, as("ann", all));
    }

    @Test
    void eachOperationOfATransactionIsLookedAt() {
        write("d/f", "1");
        set("d/f", "readers", null, null);
        Request.Transaction transaction = new Request.Transaction(
                List.of(), List.of(file("d/g", "1"), new Request.GetStat(name("d/f"), true)), List.of());
        assertFailed(ProblemCode.PERMISSION_DENIED, as("eve", transaction));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetStat(name("d/g"), false)));
        assertInstanceOf(Reply.Transacted.class, as("bob", transaction));
        Request.Transaction peek = new Request.Transaction(
                List.of(new Request.Guard.Version(name("d/f"), null, 1L)), List.of(), List.of());
        assertFailed(ProblemCode.PERMISSION_DENIED, as("eve", peek));
    }

    @Test
    void whatATransactionWroteAndUndidIsForgotten() {
        set("d", null, "writers", null);
        Request.Transaction undone = new Request.Transaction(
                List.of(),
                List.of(
                        file("acl/writers", "bob"),
                        file("d/f", "1"),
                        new Request.DeleteNode(name("nothing"), false, Condition.NONE)),
                List.of());
        assertFailed(ProblemCode.NO_SUCH_NODE, as("bob", undone));
        // The next write has the numbers that the one which was undone had.
        write("acl/writers", "ann\ncarl");
        assertInstanceOf(Reply.Written.class, as("carl", file("d/f", "1")));
        assertFailed(ProblemCode.PERMISSION_DENIED, as("bob", file("d/f", "2")));
    }

    @Test
    void nobodyHearsOfWhatItMayNotSee() {
        set("d", "readers", null, null);
        write("d/f", "1");
        cell.call(acquire("d/f", LockMode.SHARED), "s");
        write("e", "1");
        Request.ReadEvents all = new Request.ReadEvents(name(""), true, EventPosition.START, 1_000);
        List<String> heard = assertInstanceOf(Reply.EventPage.class, see("eve", all)).events().stream()
                .map(event -> String.valueOf(event.name()))
                .distinct()
                .toList();
        assertEquals(List.of("/ls/test/acl", "/ls/test/acl/readers", "/ls/test/acl/writers", "/ls/test/e"), heard);
        List<String> replica = assertInstanceOf(Reply.EventPage.class, see(ClientCall.REPLICA, all)).events().stream()
                .map(event -> String.valueOf(event.name()))
                .distinct()
                .toList();
        assertTrue(replica.containsAll(List.of("/ls/test/d", "/ls/test/d/f")), "it may see all that it has");
        Request.ListLocks locks = new Request.ListLocks(name(""), 10, null);
        assertEquals(
                0,
                assertInstanceOf(Reply.LockPage.class, see("eve", locks))
                        .locks()
                        .size());
        assertEquals(
                1,
                assertInstanceOf(Reply.LockPage.class, see("bob", locks))
                        .locks()
                        .size());
    }

    @Test
    void aRestoredStateDeniesTheSame() {
        set("d", "readers", "writers", null);
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        cell.machine.snapshot().forEach((key, value) -> records.add(Map.entry(key, value)));
        StateMachine same = StateMachine.restore(TestCell.CELL, TestCell.MAX_CONTENT_BYTES, records.iterator());
        assertEquals(cell.machine.digest(), same.recomputedDigest());
        Request.GetAcl get = new Request.GetAcl(name("d"));
        assertEquals(
                new Reply.Acl("readers", "writers", null, 1),
                same.query(new ClientCall(get, "bob", null, null, null), Elapsed.UNKNOWN));
        assertFailed(
                ProblemCode.PERMISSION_DENIED,
                same.query(new ClientCall(get, "eve", null, null, null), Elapsed.UNKNOWN));
    }

    private Reply as(String principal, Request.Write request) {
        return cell.call(new ClientCall(request, principal, "s", null, null));
    }

    private Reply see(String principal, Request.Read request) {
        return cell.machine.query(new ClientCall(request, principal, null, null, null), Elapsed.UNKNOWN);
    }

    private Reply acl(String name) {
        return acl("ann", name);
    }

    private Reply acl(String principal, String name) {
        return see(principal, new Request.GetAcl(name(name)));
    }

    private Reply set(String name, @Nullable String read, @Nullable String write, @Nullable String change) {
        return set("ann", name, read, write, change);
    }

    private Reply set(
            String principal, String name, @Nullable String read, @Nullable String write, @Nullable String change) {
        return as(principal, new Request.SetAcl(name(name), read, write, change, null));
    }

    private void write(String name, String text) {
        assertInstanceOf(Reply.Written.class, as("ann", file(name, text)));
    }

    private void mkdir(String name) {
        assertInstanceOf(Reply.Written.class, as("ann", new Request.MakeDirectory(name(name), false, false)));
    }

    private static Request.Write file(String name, String text) {
        return new Request.WriteFile(name(name), content(text), Condition.NONE, false, false);
    }

    private static Request.Write acquire(String name, LockMode mode) {
        return new Request.Acquire(name(name), mode, 0, false, LockCreation.PERMANENT, "");
    }
}
