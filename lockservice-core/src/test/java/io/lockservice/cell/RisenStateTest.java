package io.lockservice.cell;

import static io.lockservice.cell.TestCell.assertFailed;
import static io.lockservice.cell.TestCell.name;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Grant;
import io.lockservice.api.LockMode;
import io.lockservice.api.Name;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.api.Sequencer;
import io.lockservice.api.Stat;
import io.lockservice.cell.table.Node;
import io.lockservice.check.InvariantViolation;
import java.util.AbstractMap.SimpleEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A cell that goes on from a backup: nothing that was issued after the backup is issued again, or valid. */
class RisenStateTest {
    private static final int COMMANDS = 800;

    static List<Long> seeds() {
        return RandomCommandsTest.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingIsIssuedTwiceAndNothingOldIsValid(long seed) {
        StateMachine lost = new StateMachine(TestCell.CELL, TestCell.MAX_CONTENT_BYTES);
        Issued issued = new Issued();
        RandomCommands before = new RandomCommands(seed, lost);
        for (int i = 0; i < COMMANDS; i++) {
            issued.add(lost, lost.apply(before.next()));
        }
        StateSnapshot backup = lost.snapshot();
        StateMachine risen = restored(backup);
        for (int i = 0; i < COMMANDS; i++) {
            issued.add(lost, lost.apply(before.next()));
        }

        risen.riseTo(lost.highestNumber() + 1);
        assertEquals(
                permanentContents(restored(backup)), permanentContents(risen), "what is in the files is as it was");
        assertEquals(0, risen.sessionCount());
        assertEquals(0, risen.lockCount());
        issued.checkAgainst(risen, null);
        RandomCommands after = new RandomCommands(-seed, risen);
        for (int i = 0; i < COMMANDS; i++) {
            Applied applied = risen.apply(after.next());
            StateInvariants.check(risen);
            assertEquals(risen.recomputedDigest(), risen.digest());
            issued.checkAgainst(risen, applied);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRisenStateIsWrittenAndReadBackTheSame(long seed) {
        StateMachine machine = new StateMachine(TestCell.CELL, TestCell.MAX_CONTENT_BYTES);
        RandomCommands commands = new RandomCommands(seed, machine);
        for (int i = 0; i < COMMANDS; i++) {
            machine.apply(commands.next());
        }
        machine.riseTo(1L << 45);
        StateInvariants.check(machine);
        StateMachine same = restored(machine.snapshot());
        assertEquals(machine.recomputedDigest(), same.recomputedDigest());
        assertEquals(1L << 45, same.highestNumber());
        for (int i = 0; i < COMMANDS; i++) {
            Command command = commands.next();
            assertEquals(machine.apply(command), same.apply(command));
        }
    }

    @Test
    void whatTheBackupKnewIsRefusedToo() {
        TestCell cell = new TestCell();
        cell.startEpoch();
        cell.open("a", "b");
        Stat stat = cell.write("f", "x");
        Sequencer held = cell.exclusive("a", "f").sequencer();
        cell.wait("b", "f", LockMode.EXCLUSIVE);
        cell.machine.riseTo(1_000);

        assertFailed(ProblemCode.SESSION_EXPIRED, cell.tryAcquire("a", "f", LockMode.EXCLUSIVE));
        assertFailed(ProblemCode.SESSION_EXPIRED, cell.tryAcquire("b", "f", LockMode.EXCLUSIVE));
        assertFalse(isValid(cell.machine, held));
        Condition asItWas =
                new Condition(List.of(new Condition.Version(stat.instance(), stat.contentGeneration())), false, false);
        assertFailed(
                ProblemCode.GENERATION_MISMATCH,
                cell.call(new Request.WriteFile(name("f"), TestCell.content("y"), asItWas, false, false)));
        cell.open("a");
        Grant grant = cell.exclusive("a", "f");
        assertEquals(1_001, grant.token());
        assertEquals(1_001, grant.lockGeneration());
    }

    @Test
    void countersNeverFall() {
        TestCell cell = new TestCell();
        cell.startEpoch();
        cell.write("f", "x");
        for (int i = 0; i < 20; i++) {
            cell.write("f", "x");
        }
        assertEquals(21, cell.machine.highestNumber());
        assertThrows(InvariantViolation.class, () -> cell.machine.riseTo(21));
        cell.machine.riseTo(22);
        assertEquals(22, cell.machine.revision());
        assertEquals(22, cell.machine.epoch());
        assertEquals(22, cell.machine.lastToken());
        assertEquals(22, cell.machine.lastTicket());
    }

    /** Each generation of a node that stays is above what it was, also where only generations are compared. */
    @Test
    void generationsOfNodesThatStayGoUp() {
        TestCell cell = new TestCell();
        cell.open("a");
        cell.mkdir("d");
        cell.write("d/f", "x");
        cell.exclusive("a", "d/f");
        cell.release("a", "d/f");
        cell.machine.riseTo(500);
        Stat file = cell.stat("d/f");
        assertEquals(500, file.contentGeneration());
        assertEquals(500, file.lockGeneration());
        assertEquals(0, file.childGeneration());
        Stat directory = cell.stat("d");
        assertEquals(500, directory.childGeneration());
        assertEquals(0, directory.contentGeneration());
        assertEquals(501, cell.write("d/f", "y").contentGeneration());
    }

    private static boolean isValid(StateMachine machine, Sequencer sequencer) {
        return machine.query(new Request.CheckSequencer(sequencer), null, Elapsed.UNKNOWN)
                        instanceof Reply.SequencerState found
                && found.reason() == null;
    }

    private static StateMachine restored(StateSnapshot snapshot) {
        List<Map.Entry<byte[], byte[]>> records = new ArrayList<>();
        snapshot.forEach((key, value) -> records.add(new SimpleEntry<>(key, value)));
        return StateMachine.restore(TestCell.CELL, TestCell.MAX_CONTENT_BYTES, records.iterator());
    }

    private static Map<Name, Content> permanentContents(StateMachine machine) {
        Map<Name, Content> contents = new TreeMap<>();
        for (Node node : machine.state().namespace().nodes()) {
            if (!node.ephemeral()) {
                contents.put(node.name(), node.content());
            }
        }
        return contents;
    }

    /** All that clients were ever given. */
    private static final class Issued {
        private final Set<Sequencer> sequencers = new HashSet<>();
        private final Map<Name, Set<Condition.Version>> versions = new HashMap<>();
        private final Map<Name, long[]> numbers = new HashMap<>();
        private long revision;
        private long epoch;
        private long token;
        private long ticket;

        void add(StateMachine machine, Applied applied) {
            revision = machine.revision();
            epoch = machine.epoch();
            token = machine.lastToken();
            ticket = machine.lastTicket();
            applied.grants().forEach(grant -> sequencers.add(grant.sequencer()));
            if (applied.reply() instanceof Reply.Granted granted) {
                sequencers.add(granted.grant().sequencer());
            }
            for (Node node : machine.state().namespace().nodes()) {
                Stat stat = node.stat();
                versions.computeIfAbsent(node.name(), name -> new HashSet<>())
                        .add(new Condition.Version(stat.instance(), stat.contentGeneration()));
                long[] highest = numbers.computeIfAbsent(node.name(), name -> new long[numbersOf(stat).length]);
                for (int i = 0; i < highest.length; i++) {
                    highest[i] = Math.max(highest[i], numbersOf(stat)[i]);
                }
            }
        }

        /** Generations of a node count within its instance. */
        private static long[] numbersOf(Stat stat) {
            return new long[] {stat.instance(), stat.createdRevision(), stat.modifiedRevision()};
        }

        void checkAgainst(StateMachine risen, @Nullable Applied applied) {
            assertTrue(risen.revision() > revision);
            assertTrue(risen.epoch() > epoch);
            assertTrue(risen.lastToken() > token);
            assertTrue(risen.lastTicket() > ticket);
            if (applied != null) {
                applied.grants().forEach(grant -> assertTrue(grant.token() > token, "a token is not given twice"));
            }
            sequencers.forEach(old -> assertFalse(isValid(risen, old), () -> "an old sequencer is valid: " + old));
            for (Node node : risen.state().namespace().nodes()) {
                Stat stat = node.stat();
                assertFalse(
                        versions.getOrDefault(node.name(), Set.of())
                                .contains(new Condition.Version(stat.instance(), stat.contentGeneration())),
                        () -> "an old ETag fits: " + stat);
                long[] highest = numbers.getOrDefault(node.name(), new long[numbersOf(stat).length]);
                for (int i = 0; i < highest.length; i++) {
                    assertTrue(numbersOf(stat)[i] > highest[i], () -> "a number went back: " + stat);
                }
            }
        }
    }
}
