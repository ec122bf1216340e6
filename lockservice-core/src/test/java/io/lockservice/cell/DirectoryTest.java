package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Condition;
import io.lockservice.api.LockMode;
import io.lockservice.api.NodeKind;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.check.InvariantViolation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class DirectoryTest {
    private final TestCell cell = new TestCell();

    @Test
    void theRootIsThereFromTheStartAndCannotBeDeleted() {
        assertEquals(
                new Stat("/ls/test", NodeKind.DIRECTORY, false, null, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), cell.stat(""));
        Problem problem = assertFailed(ProblemCode.BAD_REQUEST, cell.delete("", true));
        assertEquals(new Problem.Field("name"), problem.extras());
        assertTrue(cell.exists(""));
        assertEquals(0, cell.machine.revision());
    }

    @Test
    void aDirectoryIsMadeOnce() {
        Stat stat = cell.mkdir("d");
        assertEquals(NodeKind.DIRECTORY, stat.kind());
        assertEquals(0, stat.contentGeneration());
        assertFailed(ProblemCode.NODE_EXISTS, cell.call(make("d", false)));
        long revision = cell.machine.revision();
        assertEquals(new Reply.Written(stat, false), cell.call(make("d", true)));
        assertEquals(revision, cell.machine.revision());
    }

    @Test
    void aFileInItsPlaceIsInTheWayAlsoWithParents() {
        cell.write("f", "");
        assertFailed(ProblemCode.NODE_EXISTS, cell.call(make("f", true)));
        assertFailed(ProblemCode.NOT_A_DIRECTORY, cell.call(make("f/d", true)));
    }

    @Test
    void missingParentsAreMadeOnlyWhereAskedForAndArePermanent() {
        cell.open("s");
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(make("a/b/c", false)));
        cell.call(new Request.MakeDirectory(name("a/b/c"), true, true), "s");
        assertEquals("s", cell.stat("a/b/c").owner());
        assertFalse(cell.stat("a/b").ephemeral());
        assertFailed(ProblemCode.SESSION_REQUIRED, cell.call(new Request.MakeDirectory(name("e"), true, false)));
    }

    @Test
    void theParentCountsItsChildrenAndTheirComingsAndGoings() {
        cell.mkdir("d");
        cell.write("d/a", "");
        cell.write("d/b", "");
        cell.write("d/b", "again");
        cell.delete("d/a", false);
        Stat stat = cell.stat("d");
        assertEquals(1, stat.childCount());
        assertEquals(3, stat.childGeneration());
        assertEquals(cell.machine.revision(), stat.modifiedRevision());
    }

    @Test
    void aNonEmptyDirectoryIsDeletedOnlyRecursively() {
        cell.mkdir("d");
        cell.mkdir("d/e");
        cell.write("d/e/f", "");
        cell.write("d!", "");
        assertFailed(ProblemCode.NOT_EMPTY, cell.delete("d", false));
        assertEquals(new Reply.Done(), cell.delete("d", true));
        assertEquals(
                List.of("/ls/test/d/e/f", "/ls/test/d/e", "/ls/test/d"),
                cell.last().events().stream().map(Event::name).toList());
        assertTrue(cell.last().events().stream().allMatch(event -> event.stat() == null));
        assertFalse(cell.exists("d"));
        assertTrue(cell.exists("d!"));
        assertEquals(2, cell.machine.nodeCount());
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.delete("d", true));
    }

    @Test
    void deletingHonoursItsCondition() {
        Stat stat = cell.write("f", "");
        Condition stale = new Condition(List.of(new Condition.Version(stat.instance(), 9)), false, false);
        Condition now = new Condition(List.of(new Condition.Version(stat.instance(), 1)), false, false);
        Problem problem = assertFailed(
                ProblemCode.GENERATION_MISMATCH, cell.call(new Request.DeleteNode(name("f"), false, stale)));
        assertEquals(new Problem.Current(stat), problem.extras());
        assertEquals(new Reply.Done(), cell.call(new Request.DeleteNode(name("f"), false, now)));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.call(new Request.DeleteNode(name("f"), false, now)));
    }

    @Test
    void deletingTheLastChildOfAnOrphanedDirectoryDeletesItToo() {
        cell.startEpoch();
        cell.open("s");
        cell.call(new Request.MakeDirectory(name("d"), true, false), "s");
        cell.call(new Request.MakeDirectory(name("d/e"), true, false), "s");
        cell.write("d/e/f", "");
        cell.expire("s");
        assertTrue(cell.exists("d/e"));
        cell.delete("d/e/f", false);
        assertFalse(cell.exists("d"));
        assertEquals(1, cell.machine.nodeCount());
    }

    @Test
    void deletingAnOrphanedTreeRecursivelyDeletesEachNodeOnce() {
        cell.startEpoch();
        cell.open("s");
        cell.call(new Request.MakeDirectory(name("d"), true, false), "s");
        cell.call(new Request.MakeDirectory(name("d/e"), true, false), "s");
        cell.write("d/e/f", "");
        cell.expire("s");
        cell.delete("d", true);
        assertEquals(
                List.of("/ls/test/d/e/f", "/ls/test/d/e", "/ls/test/d"),
                cell.last().events().stream().map(Event::name).toList());
    }

    @Test
    void childrenAreListedInPagesInNameOrderWithoutWhatIsBelowThem() {
        cell.mkdir("d");
        List<String> leaves = List.of("a", "a!", "b", "é", "\ufffd", "😀");
        for (String leaf : leaves.stream().sorted().toList()) {
            cell.mkdir("d/" + leaf);
            cell.write("d/" + leaf + "/below", "");
        }
        cell.mkdir("d!");
        List<String> found = new ArrayList<>();
        String after = "";
        do {
            Reply.Children page = children("d", 2, after);
            page.children().forEach(child -> found.add(child.name()));
            after = page.next();
        } while (after != null);
        assertEquals(leaves.stream().map(leaf -> "/ls/test/d/" + leaf).toList(), found);
        assertEquals(cell.stat("d"), children("d", 2, "").stat());
        assertEquals(2, children("", 5, "").children().size());
    }

    @Test
    void aPageGoesOnWhereItsStartIsGoneOrWasNeverThere() {
        cell.mkdir("d");
        cell.mkdir("d/b");
        cell.write("d/b/x", "");
        cell.write("d/c", "");
        assertEquals(List.of("/ls/test/d/b", "/ls/test/d/c"), names(children("d", 10, "a")));
        assertEquals(List.of("/ls/test/d/c"), names(children("d", 10, "b")));
        assertEquals(List.of("/ls/test/d/c"), names(children("d", 10, "b/a")));
        assertEquals(List.of(), names(children("d", 10, "c")));
        assertNull(children("d", 2, "").next());
    }

    @Test
    void locksInUseAreListedBelowAPrefixInNameOrder() {
        cell.open("s", "t");
        for (String each : List.of("p/b", "p", "p/a/x", "p!", "q")) {
            cell.exclusive("s", each);
        }
        cell.write("p/free", "");
        cell.wait("t", "p/b", LockMode.SHARED);
        Reply.LockPage first = locks(2, null);
        assertEquals(
                List.of("/ls/test/p", "/ls/test/p/a/x"),
                first.locks().stream().map(Reply.LockState::name).toList());
        assertEquals("/ls/test/p/a/x", first.next());
        Reply.LockPage second = locks(2, "p/a/x");
        assertEquals(List.of(cell.lock("p/b")), second.locks());
        assertNull(second.next());
        assertEquals(first, locks(2, "a"));
        assertEquals(List.of(), locks(2, "z").locks());
        assertEquals(5, cell.machine.lockCount());
    }

    @Test
    void timesAreShownAsTheReplicaKnowsThem() {
        cell.open("s", "t");
        long token = cell.exclusive("s", "lock").token();
        cell.wait("t", "lock", LockMode.SHARED);
        Elapsed elapsed = new Elapsed() {
            @Override
            public long leaseRemainingMs(String session) {
                return session.equals("s") ? 5 : -1;
            }

            @Override
            public long sinceGrantMs(long grant) {
                return grant == token ? 6 : -1;
            }

            @Override
            public long sinceQueuedMs(long ticket) {
                return ticket == cell.ticket("t", "lock") ? 7 : -1;
            }

            @Override
            public long delayRemainingMs(long grant) {
                throw new AssertionError("no lock is delayed");
            }
        };
        Reply.LockState lock = (Reply.LockState) cell.machine.query(new Request.GetLock(name("lock")), null, elapsed);
        assertEquals(6, lock.holders().get(0).heldMs());
        assertEquals(7, lock.waiters().get(0).waitedMs());
        Reply.SessionDetail detail =
                (Reply.SessionDetail) cell.machine.query(new Request.GetSession("s"), "s", elapsed);
        assertEquals(5, detail.session().remainingMs());
    }

    @Test
    void missingNodesAreSaidToBeMissing() {
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetLock(name("x"))));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.ReadFile(name("x"))));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.GetStat(name("x"), true)));
        assertFailed(ProblemCode.NO_SUCH_NODE, cell.query(new Request.ListChildren(name("x"), 1, "")));
    }

    @Test
    void aStatHasContentOnlyWhereAskedForAndOnlyOfAFile() {
        cell.write("f", "x");
        assertEquals(
                new Reply.Node(cell.stat("f"), TestCell.content("x")),
                cell.query(new Request.GetStat(name("f"), true)));
        assertEquals(new Reply.Node(cell.stat(""), null), cell.query(new Request.GetStat(name(""), true)));
    }

    @Test
    void theReplicasAreNotPartOfTheState() {
        Assertions.assertThrows(InvariantViolation.class, () -> cell.query(new Request.GetCell()));
    }

    private static Request.MakeDirectory make(String path, boolean parents) {
        return new Request.MakeDirectory(name(path), false, parents);
    }

    private Reply.Children children(String path, int limit, String after) {
        return assertInstanceOf(Reply.Children.class, cell.query(new Request.ListChildren(name(path), limit, after)));
    }

    private static List<String> names(Reply.Children page) {
        return page.children().stream().map(Stat::name).toList();
    }

    private Reply.LockPage locks(int limit, @Nullable String after) {
        return assertInstanceOf(
                Reply.LockPage.class,
                cell.query(new Request.ListLocks(name("p"), limit, after == null ? null : name(after))));
    }
}
