package io.lockservice.client.evidence;

import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Rounds in each of which something dies; after each all that was seen meanwhile is compared with the ledger. */
final class RegistryRounds {
    static final long LEASE_MS = 2_000;
    static final long MAX_STALE_MS = 2_000;
    static final RegistryLedger.Bounds BOUNDS =
            new RegistryLedger.Bounds(ms(250), ms(500), ms(5_000), ms(MAX_STALE_MS), ms(250));

    /** How late the end of a session may be. */
    private static final long END_NANOS = ms(1_000);

    private static final long REGISTER_NANOS = ms(5_000);
    private static final long GOES_ON_NANOS = ms(2_000);
    private static final long PATIENCE_NANOS = ms(60_000);
    private static final long POLL_NANOS = ms(10);
    private static final int MOST_WRONG = 20;

    private final ReplicaProcesses cell;
    private final CellLook look;
    private final RegistryLedger ledger;
    private final Programs programs;
    private final Observers observers;
    private final NameRegistry registry;
    private final Pauses pauses;
    private final Random random;
    private final RoundFigures figures = new RoundFigures();
    private final List<String> events = new ArrayList<>();
    private final Deque<Round> deck = new ArrayDeque<>();
    private final long startNanos = System.nanoTime();
    private long answers;
    private int longerLeases;

    /** What happens. */
    enum Round {
        INSTANCE_DIES,
        INSTANCE_RESTARTS,
        INSTANCE_STOPS,
        LEADER_DIES,
        LEADER_AND_INSTANCE_DIE,
        MOST_AND_INSTANCE_DIE,
        ALL_DIE,
        ALL_AND_INSTANCE_DIE
    }

    /**
     * What was done in a round.
     *
     * @param nanos when; where most replicas were away, when they were started again
     * @param dead who died or was stopped; null where all are to be shown all the time
     * @param untilNanos when one that was stopped went on
     * @param away a replica whose own answers are not measured, being away
     */
    private record Happened(long nanos, @Nullable Place dead, long untilNanos, List<Integer> away) {}

    RegistryRounds(
            ReplicaProcesses cell,
            RegistryLedger ledger,
            Programs programs,
            Observers observers,
            NameRegistry registry,
            Pauses pauses,
            Random random) {
        this.cell = cell;
        this.look = new CellLook(cell);
        this.ledger = ledger;
        this.programs = programs;
        this.observers = observers;
        this.registry = registry;
        this.pauses = pauses;
        this.random = random;
    }

    static long ms(long value) {
        return TimeUnit.MILLISECONDS.toNanos(value);
    }

    /** One round of each of these kinds, in any order, before any comes again. */
    void run(int rounds, List<Round> kinds) throws Exception {
        for (int i = 1; i <= rounds; i++) {
            if (deck.isEmpty()) {
                List<Round> all = new ArrayList<>(kinds);
                Collections.shuffle(all, random);
                deck.addAll(all);
            }
            programs.awaitSpare();
            round(deck.pop(), i);
        }
    }

    private void round(Round round, int number) throws Exception {
        note("round " + number + ": " + round);
        Happened happened = switch (round) {
            case INSTANCE_DIES -> instanceDies();
            case INSTANCE_RESTARTS -> instanceRestarts();
            case INSTANCE_STOPS -> instanceStops();
            case LEADER_DIES -> replicasDie(List.of(look.leader()), null, number);
            case LEADER_AND_INSTANCE_DIE -> replicasDie(List.of(look.leader()), programs.any(random), number);
            case MOST_AND_INSTANCE_DIE -> replicasDie(most(), programs.any(random), number);
            case ALL_DIE -> replicasDie(ReplicaProcesses.ALL, null, number);
            case ALL_AND_INSTANCE_DIE -> replicasDie(ReplicaProcesses.ALL, programs.any(random), number);
        };
        settle(round, happened);
    }

    private List<Integer> most() {
        List<Integer> all = new ArrayList<>(ReplicaProcesses.ALL);
        Collections.shuffle(all, random);
        return List.copyOf(all.subList(0, 2));
    }

    private Happened instanceDies() throws Exception {
        Programs.Running victim = programs.any(random);
        long diedNanos;
        try (LeaseProbe probe = probe(victim)) {
            victim.process().kill();
            diedNanos = System.nanoTime();
            note(victim.place() + " died");
            awaitGone(victim, probe);
            end(victim, probe, diedNanos, diedNanos, LEASE_MS);
        }
        replace(victim);
        return new Happened(diedNanos, victim.place(), 0, List.of());
    }

    private void replace(Programs.Running dead) throws Exception {
        Programs.Running next = programs.replace(dead);
        long beganNanos = System.nanoTime();
        long atNanos = Programs.registered(next);
        note(next.place() + " registered");
        figures.add("an instance registers", atNanos - beganNanos);
        within("registering", beganNanos, atNanos, REGISTER_NANOS);
    }

    private Happened instanceRestarts() throws Exception {
        Programs.Running victim = programs.any(random);
        long beganNanos;
        try (LeaseProbe probe = probe(victim)) {
            victim.process().kill();
            long diedNanos = System.nanoTime();
            note(victim.place() + " died");
            beganNanos = System.nanoTime();
            victim.stay().mayEnd(beganNanos);
            Programs.Running next = programs.replace(victim);
            long atNanos = Programs.registered(next);
            note(next.place() + " registered in its place");
            victim.stay().goneBy(atNanos);
            figures.add("an instance takes its own place again", atNanos - beganNanos);
            within("taking over", beganNanos, atNanos, REGISTER_NANOS);
            // The end of the old session must not take the new entry along.
            awaitEnd(probe);
            end(victim, probe, diedNanos, diedNanos, LEASE_MS);
        }
        return new Happened(beganNanos, null, 0, List.of());
    }

    private Happened instanceStops() throws Exception {
        Programs.Running victim = programs.any(random);
        long stoppedNanos;
        try (LeaseProbe probe = probe(victim)) {
            victim.process().signal("STOP");
            stoppedNanos = System.nanoTime();
            note(victim.place() + " stopped");
            awaitGone(victim, probe);
            // A keep-alive that waits is answered once more.
            end(victim, probe, stoppedNanos, stoppedNanos, LEASE_MS + LEASE_MS / 2);
        }
        long goesOnNanos = System.nanoTime();
        victim.again(ledger.begins(victim.place(), goesOnNanos));
        victim.process().signal("CONT");
        long atNanos = Programs.registered(victim);
        note(victim.place() + " goes on, and is registered");
        figures.add("an instance that goes on registers", atNanos - goesOnNanos);
        within("registering again", goesOnNanos, atNanos, GOES_ON_NANOS);
        return new Happened(stoppedNanos, victim.place(), goesOnNanos, List.of());
    }

    /** Returns since when it has to become right again: where most are gone, since they were started. */
    private Happened replicasDie(List<Integer> replicas, Programs.@Nullable Running victim, int number)
            throws Exception {
        LeaseProbe probe = victim == null ? null : probe(victim);
        try {
            long diedNanos = System.nanoTime();
            ledger.away(replicas, true, diedNanos);
            cell.kill(replicas);
            note("replicas " + replicas + " died");
            if (victim != null) {
                victim.process().kill();
                note(victim.place() + " died");
            }
            long deadNanos = System.nanoTime();
            boolean isMost = replicas.size() > 1;
            if (isMost) {
                LockSupport.parkNanos(ms(replicas.size() == 2 ? MAX_STALE_MS + 800 : 300 + random.nextInt(2_500)));
            } else {
                registersMeanwhile(number);
                LockSupport.parkNanos(ms(random.nextInt(1_000)));
            }
            long startedNanos = System.nanoTime();
            ledger.starting(startedNanos);
            replicas.forEach(cell::start);
            note("replicas " + replicas + " started");
            look.awaitWhole();
            ledger.whole(System.nanoTime());
            note("whole");
            figures.add(
                    "replicas " + (isMost ? "(most or all)" : "(one)") + " started until whole",
                    System.nanoTime() - startedNanos);
            if (victim != null && probe != null) {
                awaitGone(victim, probe);
                end(victim, probe, deadNanos, isMost ? startedNanos : deadNanos, LEASE_MS);
                replace(victim);
            }
            return new Happened(
                    isMost ? startedNanos : diedNanos,
                    victim == null ? null : victim.place(),
                    0,
                    isMost ? List.of() : replicas);
        } finally {
            if (probe != null) {
                probe.close();
            }
        }
    }

    /** Who registers, or asks for what it does not know yet, while there is no leader waits for the next, and no longer. */
    private void registersMeanwhile(int number) throws Exception {
        long beganNanos = System.nanoTime();
        Registration own = registry.register("own", "in-round-" + number, Instance.at("127.0.0.1", 1));
        Future<Void> registered = own.registered();
        Future<Void> resolved = registry.resolve("new-" + number).map(service -> {
            service.close();
            return null;
        });
        long calledNanos = System.nanoTime();
        within("calling", beganNanos, calledNanos, BOUNDS.callNanos());
        await(resolved);
        figures.add("resolving a new name while the leader dies", System.nanoTime() - beganNanos);
        await(registered);
        figures.add("registering while the leader dies", System.nanoTime() - beganNanos);
        within("registering without a leader", beganNanos, System.nanoTime(), REGISTER_NANOS);
        own.deregister();
    }

    private static void await(Future<Void> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    // What is known of the end of an instance

    private LeaseProbe probe(Programs.Running victim) throws InterruptedException {
        String session = null;
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (session == null) {
            session = observers.session(victim.place());
            beforeTheEnd(endNanos, victim.place() + " is not shown by HTTP");
        }
        return new LeaseProbe(cell, session).start();
    }

    private void awaitGone(Programs.Running victim, LeaseProbe probe) {
        awaitEnd(probe);
        long fromNanos = System.nanoTime();
        long endNanos = fromNanos + PATIENCE_NANOS;
        while (true) {
            Map<Seen.View, Seen> last = observers.lastSince(fromNanos);
            if (last.size() == views() && last.values().stream().noneMatch(seen -> shows(seen, victim.place()))) {
                break;
            }
            beforeTheEnd(endNanos, victim.place() + " is still shown: " + last);
        }
        note(victim.place() + " is gone");
    }

    private void awaitEnd(LeaseProbe probe) {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (probe.probes().stream().noneMatch(each -> each.remainingMs() < 0)) {
            beforeTheEnd(endNanos, "a session does not end: " + probe.probes());
        }
    }

    private static boolean shows(Seen seen, Place place) {
        return seen.outcome() != Seen.Outcome.ANSWER || seen.places().contains(place);
    }

    /**
     * Its last keep-alive came before {@code deadNanos}, and who gave it a lease began at {@code servedNanos} at the earliest.
     */
    private void end(Programs.Running victim, LeaseProbe probe, long deadNanos, long servedNanos, long mostMs) {
        List<LeaseProbe.Probe> probes = probe.probes();
        // What the cell said was left is a promise, also to who has died meanwhile.
        victim.stay()
                .mayEnd(probes.stream()
                        .filter(each -> each.remainingMs() >= 0)
                        .mapToLong(LeaseProbe.Probe::leastNanos)
                        .max()
                        .orElse(deadNanos));
        List<LeaseProbe.Probe> after = probes.stream()
                .filter(each -> each.sentNanos() > servedNanos && each.remainingMs() > 0)
                .toList();
        long granted =
                probes.stream().mapToLong(LeaseProbe.Probe::remainingMs).max().orElse(0);
        longerLeases += granted > LEASE_MS ? 1 : 0;
        // The next leader gives a whole lease, and has begun to serve when it first answers.
        long baseNanos = after.isEmpty()
                ? System.nanoTime()
                : Math.max(deadNanos, after.get(0).answeredNanos());
        long mostNanos = baseNanos + ms(mostMs + Math.max(0, granted - LEASE_MS));
        for (LeaseProbe.Probe each : after) {
            if (each.sentNanos() > mostNanos + END_NANOS + pauses.within(deadNanos, each.sentNanos())) {
                throw new AssertionError("a session is extended that nobody keeps alive: " + each);
            }
        }
        long saidNanos =
                after.stream().mapToLong(LeaseProbe.Probe::mostNanos).max().orElse(mostNanos);
        victim.stay().goneBy(Math.min(saidNanos, mostNanos) + END_NANOS + pauses.within(deadNanos, saidNanos));
        probes.stream().filter(each -> each.remainingMs() < 0).forEach(each -> {
            victim.stay().goneBy(each.answeredNanos());
            within("the end of a lease", Math.min(saidNanos, mostNanos), each.answeredNanos(), END_NANOS);
            figures.add(
                    "a lease that is over until its session is",
                    each.answeredNanos() - Math.min(saidNanos, each.answeredNanos()));
        });
    }

    // What was seen

    private static int views() {
        return 2 * ReplicaProcesses.ALL.size() + 1;
    }

    private void settle(Round round, Happened happened) {
        Set<Place> right = Set.copyOf(ledger.present());
        long fromNanos = System.nanoTime();
        long endNanos = fromNanos + PATIENCE_NANOS;
        boolean isRight = false;
        while (!isRight) {
            Map<Seen.View, Seen> last = observers.lastSince(fromNanos);
            isRight = last.size() == views() && last.values().stream().allMatch(seen -> isRight(seen, right));
            beforeTheEnd(endNanos, "not right any more: " + last + ", right is " + right);
        }
        List<Seen> seen = observers.take();
        answers += seen.size();
        for (Seen.View view : seen.stream().map(Seen::view).distinct().toList()) {
            List<Seen> here =
                    seen.stream().filter(each -> each.view().equals(view)).toList();
            if (!happened.away().contains(view.replica())) {
                measure(round, view, here, right, happened);
            }
        }
        List<String> wrong = new ArrayList<>(ledger.wrong(seen));
        wrong.addAll(programs.complaints());
        if (!wrong.isEmpty()) {
            throw new AssertionError(wrong.size() + " answers are wrong, the first of them:\n"
                    + String.join("\n", wrong.subList(0, Math.min(MOST_WRONG, wrong.size()))));
        }
        ledger.forgetBefore(happened.nanos() - PATIENCE_NANOS);
    }

    private static boolean isRight(Seen seen, Set<Place> right) {
        return seen.outcome() == Seen.Outcome.ANSWER && seen.places().equals(right);
    }

    private void measure(Round round, Seen.View view, List<Seen> seen, Set<Place> right, Happened happened) {
        Place dead = happened.dead();
        if (dead == null) {
            long lastWrong = seen.stream()
                    .filter(each -> !isRight(each, right))
                    .mapToLong(Seen::answeredNanos)
                    .max()
                    .orElse(happened.nanos());
            long rightNanos = seen.stream()
                    .filter(each -> isRight(each, right))
                    .mapToLong(Seen::answeredNanos)
                    .filter(at -> at > lastWrong)
                    .min()
                    .orElse(lastWrong);
            figures.add(round + ": right in " + view.kind(), Math.max(0, rightNanos - happened.nanos()));
        } else {
            seen.stream()
                    .filter(each -> each.places().contains(dead))
                    .filter(each -> round != Round.INSTANCE_STOPS || each.sentNanos() < happened.untilNanos())
                    .mapToLong(Seen::sentNanos)
                    .max()
                    .ifPresent(last ->
                            figures.add(round + ": gone from " + view.kind(), Math.max(0, last - happened.nanos())));
        }
        if (view.kind() == Seen.Kind.COPY) {
            seen.stream()
                    .mapToLong(each -> each.answeredNanos() - each.sentNanos())
                    .max()
                    .ifPresent(longest -> figures.add("longest call of a copy in a round", longest));
        }
    }

    private void within(String what, long fromNanos, long toNanos, long boundNanos) {
        long tookNanos = toNanos - fromNanos;
        if (tookNanos > boundNanos + pauses.within(fromNanos - END_NANOS, toNanos)) {
            throw new AssertionError(what + " took " + TimeUnit.NANOSECONDS.toMillis(tookNanos) + " ms");
        }
    }

    private static void beforeTheEnd(long endNanos, String what) {
        if (System.nanoTime() - endNanos > 0) {
            throw new AssertionError(what);
        }
        LockSupport.parkNanos(POLL_NANOS);
    }

    private void note(String what) {
        events.add("%7d ms (%d) %s"
                .formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos), System.nanoTime(), what));
    }

    /** The newest of what happened, for who has to find out why. */
    String events() {
        return String.join("\n", events.subList(Math.max(0, events.size() - 60), events.size()));
    }

    @Override
    public String toString() {
        return answers + " answers, all right; leases that the cell made longer: " + longerLeases + "\n" + figures;
    }
}
