package io.lockservice.cell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Grant;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.event.Event;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.cell.table.Lock;
import io.lockservice.cell.table.Node;
import io.lockservice.cell.table.Session;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is done, in whatever order: the state stays consistent, and every replica has the same. {@code -Dcell.seeds}
 * sets how many seeds are tried.
 */
class RandomCommandsTest {
    private static final int COMMANDS = 1_500;

    private static final Set<Class<?>> SUCCESSES = Set.of(
            Reply.Done.class,
            Reply.SessionOpened.class,
            Reply.Granted.class,
            Reply.Queued.class,
            Reply.Released.class,
            Reply.ForceReleased.class,
            Reply.HandleOpened.class,
            Reply.Written.class);

    private static final Set<ProblemCode> REFUSALS = EnumSet.of(
            ProblemCode.BAD_REQUEST,
            ProblemCode.NO_SUCH_NODE,
            ProblemCode.NOT_FOUND,
            ProblemCode.PERMISSION_DENIED,
            ProblemCode.LOCK_HELD,
            ProblemCode.LOCK_DELAYED,
            ProblemCode.DEADLOCK,
            ProblemCode.NOT_HELD,
            ProblemCode.NODE_EXISTS,
            ProblemCode.NOT_EMPTY,
            ProblemCode.NOT_A_FILE,
            ProblemCode.NOT_A_DIRECTORY,
            ProblemCode.SESSION_EXPIRED,
            ProblemCode.GENERATION_MISMATCH,
            ProblemCode.SEQUENCER_INVALID,
            ProblemCode.CONTENT_TOO_LARGE,
            ProblemCode.IDEMPOTENCY_MISMATCH,
            ProblemCode.SESSION_REQUIRED,
            ProblemCode.NO_LEADER);

    static List<Long> seeds() {
        List<Long> seeds = new ArrayList<>();
        for (long seed = 1; seed <= Long.getLong("cell.seeds", 10); seed++) {
            seeds.add(seed);
        }
        return seeds;
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void invariantsHoldAfterEveryCommand(long seed) {
        StateMachine machine = machine();
        RandomCommands commands = new RandomCommands(seed, machine);
        long lastToken = 0;
        for (int i = 0; i < COMMANDS; i++) {
            Map<Name, Node> before = nodes(machine);
            List<Session> sessions = List.copyOf(machine.sessions());
            long revision = machine.revision();
            Applied applied = machine.apply(commands.next());
            StateInvariants.check(machine);
            assertEquals(machine.recomputedDigest(), machine.digest(), "the digest keeps up with every change");
            checkRevision(machine, revision, applied);
            if (machine.revision() == revision) {
                assertEquals(before, nodes(machine), "a change without a revision");
                assertEquals(sessions, List.copyOf(machine.sessions()), "a change without a revision");
            }
            for (Grant grant : applied.grants()) {
                assertTrue(grant.token() > lastToken, "tokens grow");
                lastToken = grant.token();
                commands.remember(grant.sequencer());
            }
            checkQueues(before, machine, applied);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void replicasThatApplyTheSameLogAgree(long seed) {
        StateMachine leader = machine();
        StateMachine follower = machine();
        RandomCommands commands = new RandomCommands(seed, leader);
        for (int i = 0; i < COMMANDS; i++) {
            Command command = commands.next();
            byte[] logged = CommandCodec.encode(command);
            assertEquals(leader.apply(command), follower.apply(CommandCodec.decode(logged)));
            if (i % 50 == 0) {
                assertEquals(leader.digest(), follower.digest());
            }
        }
        assertEquals(leader.digest(), follower.digest());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRepeatedCallNeverChangesWhatClientsSee(long seed) {
        StateMachine machine = machine();
        RandomCommands commands = new RandomCommands(seed, machine);
        Map<Origin, Reply> first = new HashMap<>();
        for (int i = 0; i < COMMANDS; i++) {
            Command command = commands.next();
            Applied applied = machine.apply(command);
            if (command instanceof Command.Client client && client.epoch() == machine.epoch()) {
                Reply reply = TestCell.reply(applied);
                Reply earlier = first.putIfAbsent(client.origin(), reply);
                if (earlier != null && !(earlier instanceof Reply.Queued) && isNotForgotten(reply)) {
                    assertEquals(earlier, reply);
                }
                long revision = machine.revision();
                Applied repeated = machine.apply(command);
                assertEquals(revision, machine.revision());
                assertEquals(List.of(), repeated.events());
                assertEquals(reply, repeated.reply());
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRestoredStateIsTheSameAndGoesOnTheSame(long seed) {
        StateMachine machine = machine();
        RandomCommands commands = new RandomCommands(seed, machine);
        for (int i = 0; i < COMMANDS / 2; i++) {
            machine.apply(commands.next());
        }
        StateSnapshot snapshot = machine.snapshot();
        StateMachine same = restored(snapshot);
        assertEquals(machine.digest(), same.digest());
        assertEquals(same.digest(), same.recomputedDigest());
        StateInvariants.check(same);
        for (int i = 0; i < COMMANDS / 2; i++) {
            Command command = commands.next();
            assertEquals(machine.apply(command), same.apply(command));
            assertEquals(machine.digest(), same.digest());
        }
        StateMachine asItWas = restored(snapshot);
        assertEquals(snapshot.digest(), asItWas.recomputedDigest(), "a snapshot stays as it was");
        assertEquals(snapshot.revision(), asItWas.revision());
        assertEquals(snapshot.epoch(), asItWas.epoch());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aSnapshotGatheredBitByBitIsOfTheMomentItBegan(long seed) {
        StateMachine machine = machine();
        RandomCommands commands = new RandomCommands(seed, machine);
        SplittableRandom random = new SplittableRandom(seed);
        int changedMeanwhile = 0;
        for (int round = 0; round < 60; round++) {
            for (int i = random.nextInt(30); i > 0; i--) {
                machine.apply(commands.next());
            }
            long digest = machine.digest();
            Snapshot snapshot = machine.beginSnapshot();
            while (!snapshot.advance(random.nextInt(3))) {
                machine.apply(commands.next());
            }
            changedMeanwhile += machine.digest() == digest ? 0 : 1;
            assertEquals(digest, snapshot.digest());
            assertEquals(digest, restored(snapshot).recomputedDigest());
        }
        assertTrue(changedMeanwhile > 30, "the state changed while it was copied");
    }

    private static StateMachine restored(StateSnapshot snapshot) {
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        snapshot.forEach((key, value) -> records.add(Map.entry(key, value)));
        for (int i = 1; i < records.size(); i++) {
            byte[] before = records.get(i - 1).getKey();
            assertTrue(Arrays.compareUnsigned(before, records.get(i).getKey()) < 0, "keys ascend");
        }
        return StateMachine.restore(TestCell.CELL, TestCell.MAX_CONTENT_BYTES, records.iterator());
    }

    @Test
    void theCommandsReachEveryKindOfOutcome() {
        Set<Class<?>> replies = new HashSet<>();
        Set<ProblemCode> codes = EnumSet.noneOf(ProblemCode.class);
        Set<Event.Type> events = EnumSet.noneOf(Event.Type.class);
        for (long seed = 1; seed <= 150; seed++) {
            StateMachine machine = machine();
            RandomCommands commands = new RandomCommands(seed, machine);
            for (int i = 0; i < 1_000; i++) {
                Applied applied = machine.apply(commands.next());
                applied.grants().forEach(grant -> commands.remember(grant.sequencer()));
                applied.events().forEach(event -> events.add(event.type()));
                if (applied.reply() instanceof Reply.Failed failed) {
                    codes.add(failed.problem().code());
                } else if (applied.reply() != null) {
                    replies.add(applied.reply().getClass());
                }
            }
        }
        assertEquals(SUCCESSES, replies);
        assertEquals(REFUSALS, codes);
        assertEquals(EnumSet.complementOf(EnumSet.of(Event.Type.ACL_CHANGED)), events);
    }

    @Test
    void theDigestSeesEveryKindOfState() {
        TestCell cell = new TestCell();
        Set<Long> digests = new HashSet<>();
        List<Runnable> changes = List.of(
                () -> {},
                () -> cell.apply(new Command.StartEpoch(1, 1)),
                () -> cell.open("a"),
                () -> cell.open("b"),
                () -> cell.write("f", ""),
                () -> cell.write("f", "x"),
                () -> cell.exclusive("a", "f"),
                () -> cell.wait("b", "f", LockMode.SHARED),
                () -> cell.withdraw("b", "f"),
                () -> cell.release("a", "f"),
                () -> cell.release("a", "f"));
        for (Runnable change : changes) {
            change.run();
            assertTrue(digests.add(cell.machine.digest()), () -> "the digest did not change: " + digests.size());
            assertEquals(cell.machine.digest(), cell.machine.digest());
        }
        assertNotEquals(machine().digest(), new StateMachine("other", 1).digest());
    }

    private static StateMachine machine() {
        return new StateMachine(TestCell.CELL, TestCell.MAX_CONTENT_BYTES);
    }

    private static Map<Name, Node> nodes(StateMachine machine) {
        Map<Name, Node> nodes = new TreeMap<>();
        machine.state().namespace().nodes().forEach(node -> nodes.put(node.name(), node));
        return nodes;
    }

    private static boolean isNotForgotten(Reply reply) {
        return !(reply instanceof Reply.Failed failed && failed.problem().code() == ProblemCode.NO_LEADER);
    }

    private static void checkRevision(StateMachine machine, long before, Applied applied) {
        assertTrue(machine.revision() == before || machine.revision() == before + 1, "one change, one revision");
        for (int i = 0; i < applied.events().size(); i++) {
            assertEquals(before + 1, applied.events().get(i).revision());
            assertEquals(i + 1, applied.events().get(i).index());
        }
        if (!applied.events().isEmpty()) {
            assertEquals(before + 1, machine.revision());
        }
    }

    /** Whoever is granted out of a queue was ahead of everybody who still waits in it. */
    private static void checkQueues(Map<Name, Node> before, StateMachine machine, Applied applied) {
        Set<Long> withdrawn = new HashSet<>();
        applied.withdrawn().forEach(place -> withdrawn.add(place.ticket()));
        for (Node node : before.values()) {
            Node now = machine.state().namespace().find(node.name());
            List<Long> old = new ArrayList<>();
            node.lock().queue().forEach(place -> old.add(place.ticket()));
            old.removeAll(withdrawn);
            List<Long> left = new ArrayList<>();
            if (now != null) {
                now.lock().queue().forEach(place -> left.add(place.ticket()));
            }
            left.retainAll(old);
            assertEquals(old.subList(old.size() - left.size(), old.size()), left, "overtaken in the queue");
            checkGranted(node, old.subList(0, old.size() - left.size()), machine, applied);
        }
    }

    /** Every place that is gone without having been withdrawn became a grant, told to the leader in queue order. */
    private static void checkGranted(Node node, List<Long> gone, StateMachine machine, Applied applied) {
        List<String> sessions = new ArrayList<>();
        for (Lock.Waiting place : node.lock().queue()) {
            if (gone.contains(place.ticket())) {
                sessions.add(place.session());
                assertNotNull(machine.held(node.name(), place.session()));
            }
        }
        List<String> granted = applied.grants().stream()
                .filter(grant -> grant.name().equals(node.name().path()))
                .map(Grant::session)
                .toList();
        assertEquals(sessions, granted.subList(0, sessions.size()));
    }
}
