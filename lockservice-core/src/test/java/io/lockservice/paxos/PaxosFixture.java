package io.lockservice.paxos;

import io.lockservice.log.Configuration;
import io.lockservice.log.Configurations;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/** A few replicas of {@link Paxos} with a network and a clock that only move when a test says so. */
final class PaxosFixture {
    /** A message under way. */
    record Sent(int from, int to, PaxosMessage message) {}

    /** One replica with its journal, which is durable at once unless a test holds it. */
    final class Node implements PaxosHost {
        final int id;
        final List<LogRecord> journal;
        final List<LogEntry> chosen = new ArrayList<>();
        final ArrayDeque<Runnable> held = new ArrayDeque<>();
        final Paxos paxos;
        boolean holdJournal;
        private int synced;
        boolean leading;

        Node(int id, List<LogRecord> journal) {
            this.id = id;
            this.journal = journal;
            this.synced = journal.size();
            this.paxos = new Paxos(configuration, new Paxos.Self(id, id), settings, this, new SplittableRandom(id));
            List.copyOf(journal).forEach(paxos::recover);
            paxos.start(nowNanos);
        }

        @Override
        public void send(int to, PaxosMessage message) {
            sent.add(new Sent(id, to, message));
            network.add(new Sent(id, to, message));
        }

        @Override
        public void persist(LogRecord record) {
            journal.add(record);
        }

        @Override
        public void whenDurable(Runnable action) {
            held.add(action);
        }

        @Override
        public long unsyncedBytes() {
            return journal.subList(synced, journal.size()).stream()
                    .mapToLong(record -> record instanceof LogRecord.Accepted accepted
                            ? accepted.entry().value().length()
                            : 0)
                    .sum();
        }

        @Override
        public void offerCheckpoint(int peer, long fromSlot) {}

        @Override
        public void reconfigured(Configuration configuration) {}

        @Override
        public boolean isFetchingCheckpoint() {
            return false;
        }

        @Override
        public void readLog(int peer, long fromSlot, int maxBytes) {
            Map<Long, LogEntry> last = new HashMap<>();
            for (LogRecord record : journal) {
                if (record instanceof LogRecord.Accepted accepted) {
                    last.put(accepted.entry().slot(), accepted.entry());
                }
            }
            List<LogEntry> entries = new ArrayList<>();
            for (long slot = fromSlot; slot <= paxos.chosenSlot() && entries.size() < 10; slot++) {
                entries.add(last.get(slot));
            }
            paxos.logRead(peer, entries);
        }

        @Override
        public void chosen(LogEntry entry) {
            chosen.add(entry);
        }

        @Override
        public void startedLeading() {
            leading = true;
        }

        @Override
        public void stoppedLeading() {
            leading = false;
        }

        /** Everything written so far is on disk. */
        void release() {
            synced = journal.size();
            while (!held.isEmpty()) {
                held.remove().run();
            }
        }

        /** Offers one command and ends the step. */
        boolean propose(String command) {
            boolean taken = paxos.propose(command.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            paxos.flush(nowNanos);
            settle(this);
            return taken;
        }

        /** The commands this replica has applied, in order. */
        List<String> applied() {
            return chosen.stream()
                    .flatMap(entry -> entry.value().commands().stream())
                    .map(bytes -> new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
                    .toList();
        }
    }

    final PaxosSettings settings;
    final Configuration configuration;
    final Map<Integer, Node> nodes = new HashMap<>();
    final ArrayDeque<Sent> network = new ArrayDeque<>();
    final List<Sent> sent = new ArrayList<>();
    final Set<Integer> down = new HashSet<>();
    private Predicate<Sent> delivered = message -> true;
    long nowNanos;

    PaxosFixture(int replicas, PaxosSettings settings) {
        this.settings = settings;
        List<Integer> ids = new ArrayList<>();
        for (int id = 1; id <= replicas; id++) {
            ids.add(id);
        }
        configuration = Configurations.ofVoters(ids);
        ids.forEach(id -> nodes.put(id, new Node(id, new ArrayList<>())));
    }

    PaxosFixture(int replicas) {
        this(replicas, PaxosSettings.DEFAULT);
    }

    Node node(int id) {
        return java.util.Objects.requireNonNull(nodes.get(id));
    }

    /** From now on only messages that pass are delivered; the others are lost. */
    void deliverOnly(Predicate<Sent> filter) {
        delivered = filter;
    }

    void crash(int id) {
        down.add(id);
    }

    /** Starts a replica again from its journal. */
    Node restart(int id) {
        down.remove(id);
        Node node = new Node(id, node(id).journal);
        nodes.put(id, node);
        return node;
    }

    private void settle(Node node) {
        if (!node.holdJournal) {
            node.release();
        }
    }

    /** Delivers everything under way and what follows from it. */
    void deliver() {
        while (!network.isEmpty()) {
            Sent message = network.remove();
            if (down.contains(message.to()) || down.contains(message.from()) || !delivered.test(message)) {
                continue;
            }
            Node to = node(message.to());
            to.paxos.receive(message.from(), message.from(), message.message(), nowNanos);
            to.paxos.flush(nowNanos);
            settle(to);
        }
    }

    /** Lets {@code ms} go by, with a tick every 10. */
    void run(long ms) {
        for (long at = 0; at < ms; at += 10) {
            nowNanos += 10_000_000;
            for (int id : configuration.voters()) {
                if (!down.contains(id)) {
                    Node node = node(id);
                    node.paxos.tick(nowNanos);
                    node.paxos.flush(nowNanos);
                    settle(node);
                    deliver();
                }
            }
        }
    }

    /** Runs until one replica leads, and returns it. */
    Node elect() {
        for (int turn = 0; turn < 1_000; turn++) {
            run(10);
            for (int id : configuration.voters()) {
                if (!down.contains(id) && node(id).leading) {
                    return node(id);
                }
            }
        }
        throw new AssertionError("nobody was elected");
    }

    /** How many messages of this kind were sent so far. */
    long count(Class<? extends PaxosMessage> kind) {
        return sent.stream().filter(each -> kind.isInstance(each.message())).count();
    }

    /** A replica other than these. */
    Node other(BiFunction<Integer, Node, Boolean> wanted) {
        return nodes.entrySet().stream()
                .filter(each -> wanted.apply(each.getKey(), each.getValue()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }
}
