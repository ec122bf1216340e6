package io.lockservice.sim;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;
import io.lockservice.replica.Effect;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Cluster;
import io.lockservice.sim.cluster.Conditions;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Observer;
import io.lockservice.sim.cluster.ProductionReplica;
import io.lockservice.sim.cluster.Trace;
import io.lockservice.sim.invariant.Violation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * A short life from one seed in which some replicas' states are tampered with, in memory: a minority of them, the leader
 * among them at times, or so many that no majority is left that agrees. Exactly the minority must stop, soon, and the others
 * must go on serving; without a majority nobody must stop, and it must be told.
 */
public final class Divergence {
    /** Comparisons until a replica that differs must have stopped: each may fail to come about where a message is lost. */
    private static final int NOTICED_WITHIN = 10;

    private final Cluster cluster;
    private final SplittableRandom random;
    private final Set<Integer> culprits = new TreeSet<>();
    private final Set<Integer> distrusted = new TreeSet<>();
    private final boolean isMinority;
    private final int everySlots;
    private int disagreements;
    private int writes;

    private Divergence(long seed, Trace trace) {
        random = new SplittableRandom(seed);
        int replicas = random.nextInt(3) == 0 ? 5 : 3;
        isMinority = random.nextInt(4) > 0;
        everySlots = 5 + Math.floorMod(seed, 26);
        cluster = new Cluster(Conditions.calm(replicas), seed, ProductionReplica::new, new Alarms(), trace);
    }

    /**
     * Runs one seed.
     *
     * @throws SimulationFailure when something was not as it must be
     */
    public static void run(long seed, Trace trace) {
        try {
            new Divergence(seed, trace).live();
        } catch (Violation violation) {
            throw new SimulationFailure("DivergenceTest", seed, violation.invariant(), violation);
        } catch (RuntimeException | StackOverflowError failure) {
            throw new SimulationFailure(
                    "DivergenceTest", seed, failure.getClass().getSimpleName(), failure);
        }
    }

    private void live() {
        cluster.hosts().forEach(Host::start);
        cluster.awaitLeader();
        writeSlots(random.nextInt(3 * everySlots));
        expect(distrusted.isEmpty() && disagreements == 0, "an alarm though nothing is wrong");
        tamper();
        if (isMinority) {
            minorityStops();
        } else {
            nobodyStops();
        }
    }

    private void minorityStops() {
        for (int i = 0; i < NOTICED_WITHIN * everySlots && !distrusted.containsAll(culprits); i++) {
            writeSlots(1);
        }
        expect(distrusted.equals(culprits), "who differs stops, and nobody else");
        cluster.awaitLeader();
        writeSlots(3 * everySlots);
        expect(distrusted.equals(culprits) && disagreements == 0, "those that agree go on");
        cluster.run(1_000);
        List<Long> digests = others().stream()
                .map(host -> cluster.up(host.id()).digest())
                .distinct()
                .toList();
        expect(digests.size() == 1, "those that go on agree");
    }

    private void nobodyStops() {
        writeSlots(NOTICED_WITHIN * everySlots);
        expect(distrusted.isEmpty(), "without a majority nobody stops");
        expect(disagreements > 0, "it is told that there is no majority");
    }

    /** A minority gets another state, all of it the same or each another; or so many that no majority agrees. */
    private void tamper() {
        List<Integer> ids = new ArrayList<>(
                IntStream.rangeClosed(1, cluster.hosts().size()).boxed().toList());
        Collections.shuffle(ids, new Random(random.nextLong()));
        boolean alike = isMinority && random.nextBoolean();
        if (alike || !isMinority || random.nextBoolean()) {
            // All have applied the same: none is asked about a slot that others noted before they were tampered with.
            cluster.run(500);
        }
        int leader = cluster.leader();
        if (leader != 0 && random.nextInt(2) == 0) {
            ids.remove(Integer.valueOf(leader));
            ids.add(0, leader);
        }
        int most = (ids.size() - 1) / 2;
        int count = isMinority ? 1 + random.nextInt(most) : most + 1;
        for (int id : ids.subList(0, count)) {
            culprits.add(id);
            ProductionReplica tampered = (ProductionReplica) cluster.up(id);
            Name name = Name.root(Conditions.CELL).child("tampered" + (alike ? 0 : id));
            ClientCall call = ClientCall.of(new Request.WriteFile(name, Content.EMPTY, Condition.NONE, false, false));
            tampered.replica()
                    .state()
                    .apply(new Command.Client(tampered.replica().state().epoch(), new Origin(200, 1, 1, 1), call));
        }
    }

    private List<Host> others() {
        return cluster.hosts().stream()
                .filter(host -> !culprits.contains(host.id()))
                .toList();
    }

    /** One slot at least for each, through the replicas that must go on. */
    private void writeSlots(int count) {
        for (int i = 0; i < count; i++) {
            writes++;
            Name name = Name.root(Conditions.CELL).child("file" + writes % 7);
            Content content = new Content(new byte[] {(byte) writes});
            List<Host> through = others();
            Answer answer = cluster.ask(
                    through.get(writes % through.size()).id(),
                    ClientCall.of(new Request.WriteFile(name, content, Condition.NONE, false, false)));
            expect(answer.reply() instanceof Reply.Written, "the cell serves");
        }
    }

    private void expect(boolean holds, String what) {
        Violation.unless(
                holds,
                Divergence.class,
                "%s; tampered with: %s, stopped: %s, told %d times",
                what,
                culprits,
                distrusted,
                disagreements);
    }

    private final class Alarms implements Observer {
        @Override
        public void stepped(Host host, List<Input> inputs, List<Effect> effects) {
            for (Effect effect : effects) {
                if (effect instanceof Effect.StopReplica stop && stop.distrusted()) {
                    distrusted.add(host.id());
                } else if (effect instanceof Effect.DigestsDisagree) {
                    disagreements++;
                }
            }
        }
    }
}
