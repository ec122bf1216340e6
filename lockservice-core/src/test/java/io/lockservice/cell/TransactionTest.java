package io.lockservice.cell;

import static io.lockservice.api.LockMode.EXCLUSIVE;
import static io.lockservice.api.LockMode.SHARED;
import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.content;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Grant;
import io.lockservice.api.LockCreation;
import io.lockservice.api.LockMode;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Request.Guard;
import io.lockservice.api.Stat;
import io.lockservice.api.event.Event;
import io.lockservice.cell.repeat.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TransactionTest {
    private final TestCell cell = new TestCell();

    TransactionTest() {
        cell.open("a", "b");
    }

    @Test
    void whatIsDoneIsOneChangeWithAllItsEvents() {
        long revision = cell.machine.revision();
        Reply.Transacted done = done(
                List.of(),
                mkdir("d"),
                write("d/f", "1"),
                acquire("l", EXCLUSIVE),
                read("d/f"),
                release("l"),
                delete("d/f"));
        assertTrue(done.succeeded());
        assertEquals(revision + 1, cell.machine.revision());
        assertEquals(
                List.of(
                        Event.Type.NODE_CREATED,
                        Event.Type.NODE_CREATED,
                        Event.Type.NODE_CREATED,
                        Event.Type.LOCK_ACQUIRED,
                        Event.Type.LOCK_RELEASED,
                        Event.Type.NODE_DELETED,
                        Event.Type.NODE_DELETED),
                cell.last().events().stream().map(Event::type).toList());
        assertEquals(
                List.of(
                        Reply.Written.class,
                        Reply.Written.class,
                        Reply.Granted.class,
                        Reply.Node.class,
                        Reply.Released.class,
                        Reply.Done.class),
                done.results().stream().map(Object::getClass).toList());
        assertEquals(
                content("1"),
                assertInstanceOf(Reply.Node.class, done.results().get(3)).content());
    }

    @Test
    void guardsDecideWhichBranchIsDone() {
        Stat stat = assertInstanceOf(Reply.Written.class, cell.call(TestCell.file("f", "1")))
                .stat();
        Grant grant = cell.exclusive("a", "l");
        for (Guard holds : List.of(
                new Guard.Exists(name("f"), true),
                new Guard.Exists(name("g"), false),
                new Guard.Version(name("f"), stat.instance(), null),
                new Guard.Version(name("f"), null, 1L),
                new Guard.Version(name("f"), stat.instance(), 1L),
                new Guard.Valid(grant.sequencer()),
                new Guard.Alive("a"),
                new Guard.Epoch(cell.machine.epoch()))) {
            assertTrue(done(List.of(holds)).succeeded(), holds.toString());
        }
        for (Guard fails : List.of(
                new Guard.Exists(name("f"), false),
                new Guard.Exists(name("g"), true),
                new Guard.Version(name("f"), stat.instance() + 1, null),
                new Guard.Version(name("f"), null, 2L),
                new Guard.Version(name("g"), null, 1L),
                new Guard.Alive("c"),
                new Guard.Epoch(cell.machine.epoch() + 1))) {
            assertFalse(done(List.of(fails, new Guard.Alive("a"))).succeeded(), fails.toString());
        }
        cell.call(new Request.Release(name("l")), "a");
        assertFalse(done(List.of(new Guard.Valid(grant.sequencer()))).succeeded());
        Reply.Transacted other = assertInstanceOf(
                Reply.Transacted.class,
                cell.call(new Request.Transaction(
                        List.of(new Guard.Exists(name("f"), false)),
                        List.of(write("f", "then")),
                        List.of(write("f", "else")))));
        assertFalse(other.succeeded());
        assertEquals(
                content("else"),
                assertInstanceOf(Reply.Node.class, cell.query(new Request.ReadFile(name("f"))))
                        .content());
    }

    @Test
    void locksAreTakenTogetherOrNotAtAll() {
        cell.exclusive("b", "l2");
        Reply refused = transact("a", acquire("l1", EXCLUSIVE), acquire("l2", EXCLUSIVE));
        Problem problem = assertFailed(ProblemCode.LOCK_HELD, refused);
        Problem.InOperation in = assertInstanceOf(Problem.InOperation.class, problem.extras());
        assertEquals(1, in.index());
        assertInstanceOf(Problem.Held.class, in.extras());
        assertFalse(cell.exists("l1"), "what was made for the first is gone");
        assertEquals(
                List.of(Event.Type.LOCK_REQUESTED),
                cell.last().events().stream().map(Event::type).toList(),
                "the holder learns of it all the same");
        cell.call(new Request.Release(name("l2")), "b");
        Reply.Transacted both = assertInstanceOf(
                Reply.Transacted.class, transact("a", acquire("l1", EXCLUSIVE), acquire("l2", SHARED)));
        List<Long> tokens = both.results().stream()
                .map(each -> assertInstanceOf(Reply.Granted.class, each).grant().token())
                .toList();
        assertEquals(List.of(2L, 3L), tokens, "the token of what was undone is not missing");
        assertTrue(cell.holds("a", "l1"));
        assertTrue(cell.holds("a", "l2"));
    }

    @Test
    void whoWaitsIsGrantedOnlyWhereTheWholeIsDone() {
        cell.exclusive("a", "l");
        cell.wait("b", "l", EXCLUSIVE);
        assertFailed(ProblemCode.NO_SUCH_NODE, transact("a", release("l"), delete("nothing")));
        assertTrue(cell.holds("a", "l"));
        assertEquals(List.of(), cell.last().grants());
        transact("a", release("l"), write("f", "1"));
        assertEquals(
                List.of("b"), cell.last().grants().stream().map(Grant::session).toList());
    }

    @Test
    void whoseNodeIsDeletedKeepsItsPlaceWhereItIsUndone() {
        cell.call(new Request.Acquire(name("d/l"), EXCLUSIVE, 0, false, LockCreation.PERMANENT, ""), "a");
        cell.wait("b", "d/l", SHARED);
        long sum = cell.machine.state().sum();
        assertFailed(ProblemCode.NODE_EXISTS, transact("a", delete("d/l"), mkdir("d")));
        assertEquals(sum, cell.machine.state().sum());
        assertEquals(List.of(), cell.last().withdrawn());
        assertEquals(1, cell.lock("d/l").waiters().size());
    }

    @Test
    void whatNeedsASessionSaysSoBeforeAnythingIsDone() {
        assertFailed(
                ProblemCode.SESSION_REQUIRED,
                cell.call(new Request.Transaction(List.of(), List.of(write("f", "1"), release("l")), List.of())));
        assertFailed(ProblemCode.SESSION_EXPIRED, transact("gone", write("f", "1")));
        assertFalse(cell.exists("f"));
    }

    @Test
    void withAKeyItIsDoneOnce() {
        Request.Transaction twice = new Request.Transaction(
                List.of(), List.of(write("f", "1"), acquire("l", EXCLUSIVE), release("l")), List.of());
        ClientCall call = new ClientCall(twice, ClientCall.ANONYMOUS, "a", new ClientCall.Idempotency("k", 1), null);
        Reply first = cell.call(call);
        assertEquals(first, cell.call(call));
        assertEquals(
                1,
                assertInstanceOf(Reply.Node.class, cell.query(new Request.GetStat(name("f"), false)))
                        .stat()
                        .contentGeneration());
    }

    /** Undoing leaves nothing behind: the state is what it was, and so is all that follows from it. */
    @Test
    void whatIsUndoneLeavesNothing() {
        SplittableRandom random = new SplittableRandom(5);
        StateMachine machine = cell.machine;
        RandomCommands commands = new RandomCommands(5, machine);
        int undone = 0;
        for (int i = 0; i < 4_000; i++) {
            machine.apply(commands.next());
            if (random.nextInt(4) > 0) {
                continue;
            }
            apply(machine, new Request.OpenSession("s1", "client", 1_000, Map.of()), i);
            List<Request> operations = new ArrayList<>(List.of(write("u" + i % 7, "x")));
            for (int k = 0; k < 4; k++) {
                operations.add(random(random));
            }
            operations.add(delete("nothing/there"));
            long sum = machine.state().sum();
            long revision = machine.revision();
            Reply reply = apply(machine, new Request.Transaction(List.of(), operations, List.of()), 10_000 + i);
            StateInvariants.check(machine);
            if (reply instanceof Reply.Failed failed
                    && failed.problem().extras() instanceof Problem.InOperation in
                    && in.index() > 0
                    && machine.revision() == revision) {
                undone++;
                assertEquals(sum, machine.state().sum());
                assertEquals(machine.recomputedDigest(), machine.digest());
            }
        }
        assertTrue(undone > 50, undone + " times");
    }

    private static Reply apply(StateMachine machine, Request.Write request, long callId) {
        ClientCall call =
                request instanceof Request.OpenSession ? ClientCall.of(request) : ClientCall.of(request, "s1");
        return TestCell.reply(machine.apply(new Command.Client(machine.epoch(), new Origin(9, 1, callId, 1), call)));
    }

    private static Request random(SplittableRandom random) {
        String name = List.of("a", "a/b", "e", "e/f", "l1", "l2").get(random.nextInt(6));
        return switch (random.nextInt(6)) {
            case 0 -> write(name, "x");
            case 1 -> mkdir(name);
            case 2 -> delete(name);
            case 3 -> acquire(name, random.nextBoolean() ? SHARED : EXCLUSIVE);
            case 4 -> release(name);
            default -> read(name);
        };
    }

    private Reply.Transacted done(List<Guard> guards, Request... then) {
        return assertInstanceOf(
                Reply.Transacted.class, cell.call(new Request.Transaction(guards, List.of(then), List.of()), "a"));
    }

    @Test
    void whatIsMadeTwiceInOneChangeIsTwoNodes() {
        Reply.Transacted done =
                done(List.of(), write("f", "1"), delete("f"), write("f", "2"), delete("f"), write("f", "3"));
        List<Long> instances = done.results().stream()
                .filter(Reply.Written.class::isInstance)
                .map(each -> ((Reply.Written) each).stat().instance())
                .toList();
        assertEquals(3, instances.stream().distinct().count());
        assertEquals(instances.stream().sorted().toList(), instances);
        assertEquals(instances.get(2), cell.machine.revision(), "no later node gets the same number");
        cell.delete("f", false);
        assertTrue(cell.write("f", "4").instance() > instances.get(2));
    }

    private Reply transact(String session, Request... then) {
        return cell.call(new Request.Transaction(List.of(), List.of(then), List.of()), session);
    }

    private static Request write(String name, String text) {
        return new Request.WriteFile(name(name), content(text), Condition.NONE, false, false);
    }

    private static Request mkdir(String name) {
        return new Request.MakeDirectory(name(name), false, false);
    }

    private static Request delete(String name) {
        return new Request.DeleteNode(name(name), false, Condition.NONE);
    }

    private static Request read(String name) {
        return new Request.GetStat(name(name), true);
    }

    private static Request acquire(String name, LockMode mode) {
        return new Request.Acquire(name(name), mode, 0, false, LockCreation.EPHEMERAL, "");
    }

    private static Request release(String name) {
        return new Request.Release(name(name));
    }
}
