package io.lockservice.founding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FoundingTest {
    private static final List<Integer> IDS = List.of(1, 2, 3);
    private static final Configuration LISTED = Configurations.ofVoters(IDS).unfounded();
    private static final int HELLO_MS = 200;

    private final Map<Integer, Replica> replicas = new TreeMap<>();
    private final ArrayDeque<Sent> network = new ArrayDeque<>();
    private long nowNanos;

    private record Sent(int from, long incarnation, int to, FoundingMessage message) {}

    /** One replica, whose disk is durable at once unless a test holds it. */
    private final class Replica implements FoundingHost {
        final int id;
        final long incarnation;
        final Founding founding;
        final List<int[]> met = new ArrayList<>();
        final ArrayDeque<Runnable> held = new ArrayDeque<>();
        Configuration configuration = LISTED;

        @Nullable
        Configuration written;

        boolean holdDisk;
        boolean blank = true;

        Replica(int id, long incarnation, Configuration listed) {
            this.id = id;
            this.incarnation = incarnation;
            this.founding = new Founding(listed, id, incarnation, this, HELLO_MS);
        }

        @Override
        public void send(int to, FoundingMessage message) {
            network.add(new Sent(id, incarnation, to, message));
        }

        @Override
        public void persist(Configuration founders, Runnable durable) {
            written = founders;
            held.add(durable);
            if (!holdDisk) {
                release();
            }
        }

        void release() {
            while (!held.isEmpty()) {
                held.remove().run();
            }
        }

        @Override
        public boolean isBlank() {
            return blank && !configuration.isFounded();
        }

        @Override
        public Configuration configuration() {
            return configuration;
        }

        @Override
        public boolean isMember() {
            return configuration.has(id, incarnation);
        }

        @Override
        public void founded(Configuration founders) {
            configuration = founders;
        }

        @Override
        public void met(int replica, long data) {
            met.add(new int[] {replica, (int) data});
        }
    }

    private Replica replica(int id) {
        return Objects.requireNonNull(replicas.get(id));
    }

    private Replica start(int id, long incarnation) {
        Replica replica = new Replica(id, incarnation, Configurations.ofVoters(IDS));
        replicas.put(id, replica);
        return replica;
    }

    private void run() {
        for (int turn = 0; turn < 5; turn++) {
            nowNanos += HELLO_MS * 1_000_000L;
            replicas.values().forEach(each -> each.founding.tick(nowNanos));
            deliver();
        }
    }

    private void deliver() {
        while (!network.isEmpty()) {
            Sent next = network.remove();
            Replica to = replicas.get(next.to);
            if (to != null) {
                to.founding.received(next.from, next.incarnation, next.message);
            }
        }
    }

    @Test
    void theFirstOfTheListFoundsTheCellOnceAllAreThere() {
        start(1, 11);
        start(2, 22);
        run();
        assertTrue(replicas.values().stream().noneMatch(each -> each.configuration.isFounded()));
        assertEquals(
                "the cell is founded once all of its replicas have been started; waiting for [3]",
                replica(1).founding.obstacle());
        start(3, 33);
        run();
        for (Replica each : replicas.values()) {
            assertEquals(IDS, each.configuration.voters());
            assertTrue(each.configuration.has(1, 11) && each.configuration.has(2, 22) && each.configuration.has(3, 33));
            assertEquals(each.configuration, each.written, "it knows what its disk knows");
            assertNull(each.founding.obstacle());
        }
    }

    @Test
    void nobodyHearsOfItBeforeItIsDurable() {
        Replica founder = start(1, 11);
        founder.holdDisk = true;
        start(2, 22);
        start(3, 33);
        run();
        assertTrue(replicas.values().stream().noneMatch(each -> each.configuration.isFounded()));
        founder.release();
        deliver();
        assertTrue(replicas.values().stream().allMatch(each -> each.configuration.isFounded()));
    }

    @Test
    void aFounderThatLostItsDataFoundsNoSecondCell() {
        theFirstOfTheListFoundsTheCellOnceAllAreThere();
        Replica wiped = start(1, 12);
        Replica other = start(2, 23);
        run();
        assertFalse(wiped.configuration.isFounded(), "the third knows the cell");
        assertFalse(other.configuration.isFounded());
        assertTrue(replica(3).met.stream().anyMatch(met -> met[0] == 1 && met[1] == 12), "and may take it in");
    }

    @Test
    void anAnswerToTheReplicaThatItWasCountsForNothing() {
        Replica founder = start(1, 12);
        founder.founding.received(2, 22, new FoundingMessage.Blank(11));
        founder.founding.received(3, 33, new FoundingMessage.Blank(11));
        assertNull(founder.written);
        founder.founding.received(2, 22, new FoundingMessage.Blank(12));
        founder.founding.received(3, 33, new FoundingMessage.Blank(12));
        assertTrue(founder.configuration.isFounded());
    }

    @Test
    void whoHasVotedAlreadyIsNotBlank() {
        start(1, 11);
        start(2, 22);
        start(3, 33).blank = false;
        run();
        assertFalse(replica(1).configuration.isFounded());
    }

    @Test
    void aFoundersListForOtherDataOrOtherMembersIsNotTaken() {
        Replica second = start(2, 22);
        second.founding.received(1, 11, new FoundingMessage.Founded(founded(Map.of(1, 11L, 2, 21L, 3, 33L))));
        second.founding.received(1, 11, new FoundingMessage.Founded(founded(Map.of(1, 11L, 2, 22L))));
        assertFalse(second.configuration.isFounded());
        second.founding.received(1, 11, new FoundingMessage.Founded(founded(Map.of(1, 11L, 2, 22L, 3, 33L))));
        assertTrue(second.configuration.isFounded());
    }

    @Test
    void aReplicaAloneFoundsItsCellAtOnce() {
        Replica alone = new Replica(4, 44, Configurations.ofVoters(List.of(4)));
        alone.founding.tick(0);
        assertTrue(alone.configuration.isVoter(4, 44));
    }

    @Test
    void whoJoinsFoundsNothing() {
        Configuration joins = LISTED.with(LISTED.members().get(2).asVoter());
        Replica joining = new Replica(1, 11, joins);
        joining.founding.received(2, 22, new FoundingMessage.Blank(11));
        joining.founding.received(3, 33, new FoundingMessage.Blank(11));
        joining.founding.tick(0);
        assertFalse(joining.configuration.isFounded());
    }

    private static Configuration founded(Map<Integer, Long> incarnations) {
        return new Configuration(LISTED.members().stream()
                .filter(each -> incarnations.containsKey(each.id()))
                .map(each ->
                        each.asLearner(incarnations.getOrDefault(each.id(), 0L)).asVoter())
                .toList());
    }
}
