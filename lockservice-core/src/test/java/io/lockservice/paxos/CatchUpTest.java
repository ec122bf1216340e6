package io.lockservice.paxos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.ProposalNumber;
import io.lockservice.log.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatchUpTest {
    private final PaxosFixture cell = new PaxosFixture(3);

    @Test
    void aReplicaThatLacksWhatIsChosenIsNotCaughtUpUntilItHasIt() {
        PaxosFixture three = new PaxosFixture(3);
        PaxosFixture.Node leader = three.elect();
        int lagging = three.other((id, node) -> node != leader).id;
        three.deliverOnly(message -> message.to() != lagging);
        for (int i = 0; i < 50; i++) {
            assertTrue(leader.propose("command " + i));
            three.deliver();
        }
        three.deliverOnly(message -> !(message.message() instanceof PaxosMessage.ChosenEntries));
        three.run(500);
        assertFalse(three.node(lagging).paxos.isCaughtUp());
        three.deliverOnly(message -> true);
        three.run(1_000);
        assertTrue(three.node(lagging).paxos.isCaughtUp());
    }

    @Test
    void whatIsChosenIsToldAtOnceWhereNothingElseIsProposed() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(500);
        cell.nowNanos += 3_000_000;
        assertTrue(leader.propose("alone"));
        cell.deliver();
        cell.nodes.values().forEach(node -> assertEquals(List.of("alone"), node.applied(), "without a tick"));
    }

    @Test
    void underLoadWhatIsChosenIsToldWithTheNextProposal() {
        PaxosFixture.Node leader = cell.elect();
        cell.run(500);
        int before = heartbeats();
        for (int i = 0; i < 100; i++) {
            cell.nowNanos += 100_000;
            assertTrue(leader.propose("command " + i));
            cell.deliver();
        }
        assertTrue(heartbeats() - before <= 2 * 6, "10 ms, two followers: " + (heartbeats() - before));
        cell.run(10);
        cell.nodes.values().forEach(node -> assertEquals(leader.applied(), node.applied(), "the last with a tick"));
    }

    private int heartbeats() {
        return (int) cell.sent.stream()
                .filter(sent -> sent.message() instanceof PaxosMessage.Heartbeat)
                .count();
    }

    @Test
    void whoWasAwayLearnsWhatItMissed() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node away = cell.other((id, node) -> node != leader);
        cell.crash(away.id);
        propose(leader, 30);
        PaxosFixture.Node back = cell.restart(away.id);
        cell.run(2_000);
        assertEquals(leader.applied(), back.applied());
    }

    @Test
    void whereTheFirstSourceDoesNotAnswerAnotherIsAsked() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node away = cell.other((id, node) -> node != leader);
        cell.crash(away.id);
        propose(leader, 30);
        PaxosFixture.Node back = cell.restart(away.id);
        cell.deliverOnly(
                message -> !(message.from() == leader.id && message.message() instanceof PaxosMessage.ChosenEntries));
        cell.run(2_000);
        assertEquals(leader.applied(), back.applied());
    }

    @Test
    void aFollowerThatMissesOneSlotLearnsItThoughItHasLaterOnes() {
        PaxosFixture.Node leader = cell.elect();
        PaxosFixture.Node other = cell.other((id, node) -> node != leader);
        propose(leader, 3);
        cell.deliverOnly(message -> message.to() != other.id || !(message.message() instanceof PaxosMessage.Accept));
        propose(leader, 1);
        cell.deliverOnly(message -> true);
        propose(leader, 3);
        cell.run(1_000);
        assertEquals(leader.applied(), other.applied());
    }

    @Test
    void aChosenValueThatReplacesAnAcceptedOneNeverTakesALowerNumber() {
        PaxosFixture.Node node = cell.node(1);
        ProposalNumber high = new ProposalNumber(9, 2);
        Value mine = value("accepted");
        Value chosen = value("chosen");
        node.paxos.receive(2, 2, new PaxosMessage.Accept(high, 1, 1, mine, 0), cell.nowNanos);
        LogEntry entry = new LogEntry(1, new ProposalNumber(3, 3), chosen);
        node.paxos.receive(3, 3, new PaxosMessage.ChosenEntries(List.of(entry), 1), cell.nowNanos);
        LogRecord last = node.journal.get(node.journal.size() - 1);
        assertEquals(new LogRecord.Accepted(new LogEntry(1, high, chosen)), last);
        assertEquals(List.of("chosen"), node.applied());
    }

    @Test
    void chosenEntriesWithAGapAreTakenUpToIt() {
        PaxosFixture.Node node = cell.node(1);
        List<LogEntry> entries = new ArrayList<>();
        for (long slot : new long[] {1, 2, 4}) {
            entries.add(new LogEntry(slot, new ProposalNumber(3, 3), value("v" + slot)));
        }
        node.paxos.receive(3, 3, new PaxosMessage.ChosenEntries(entries, 4), cell.nowNanos);
        assertEquals(List.of("v1", "v2"), node.applied());
    }

    @Test
    void aFollowerThatWasSilentIsSentTheOpenSlotsAgain() {
        PaxosFixture.Node leader = cell.elect();
        cell.deliverOnly(message -> message.from() == leader.id);
        cell.run(600);
        leader.propose("open");
        cell.run(300);
        assertEquals(List.of(), leader.applied());
        long before = cell.count(PaxosMessage.Accept.class);
        cell.run(300);
        assertEquals(before, cell.count(PaxosMessage.Accept.class), "nothing but heartbeats to who is silent");
        cell.deliverOnly(message -> true);
        cell.run(200);
        assertTrue(leader.leading);
        assertEquals(List.of("open"), leader.applied());
    }

    @Test
    void noMoreSlotsAreOpenThanThePipelineHolds() {
        PaxosFixture.Node leader = cell.elect();
        cell.deliverOnly(message -> !(message.message() instanceof PaxosMessage.Accept));
        cell.sent.clear();
        for (int i = 0; i < 50; i++) {
            leader.propose("c" + i);
        }
        long slots = cell.sent.stream()
                .filter(each -> each.message() instanceof PaxosMessage.Accept)
                .map(each -> ((PaxosMessage.Accept) each.message()).slot())
                .distinct()
                .count();
        assertEquals(cell.settings.pipelineSlots(), slots);
        cell.deliverOnly(message -> true);
        cell.run(1_000);
        assertEquals(50, leader.applied().size());
        assertTrue(leader.chosen.size() <= cell.settings.pipelineSlots() + 2, "what waited went in one batch");
    }

    private void propose(PaxosFixture.Node leader, int commands) {
        for (int i = 0; i < commands; i++) {
            assertTrue(leader.propose("c" + cell.sent.size()));
            cell.run(10);
        }
    }

    private static Value value(String command) {
        return Value.batch(List.of(command.getBytes(StandardCharsets.UTF_8)));
    }
}
