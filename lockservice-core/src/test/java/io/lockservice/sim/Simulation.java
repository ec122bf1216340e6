package io.lockservice.sim;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.ReplicaStatus;
import io.lockservice.sim.client.Clients;
import io.lockservice.sim.cluster.Cluster;
import io.lockservice.sim.cluster.Conditions;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.cluster.ProductionReplica;
import io.lockservice.sim.cluster.Trace;
import io.lockservice.sim.invariant.Invariants;
import io.lockservice.sim.invariant.LockDelayKept;
import io.lockservice.sim.invariant.OneLeaderLease;
import io.lockservice.sim.invariant.TransactionsAreWhole;
import io.lockservice.sim.invariant.Violation;
import io.lockservice.sim.linearizability.Linearizability;
import io.lockservice.sim.linearizability.Undecided;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One cell's life from one seed: a safety phase in which things go wrong, and a liveness phase in which nothing does any
 * more and the cell must serve again. The same seed gives the same life, whatever machine it runs on.
 */
public final class Simulation {
    private static final long ELECTION_WITHIN_MS = 6_000;
    private static final long WRITE_WITHIN_MS = 3_000;
    private static final long EXPIRY_BOUND_MS = 1_000;
    private static final long CONVERGE_WITHIN_MS = 1_500;
    private static final long RECONFIGURED_WITHIN_MS = 4_000;
    private static final long FETCH_WITHIN_MS = 20_000;

    /** Under overload a lease becomes so many times as long at most. */
    private static final int MOST_STRETCHED = 5;

    private final long seed;
    private final Plan plan;
    private final Marks marks = new Marks();
    private final Invariants invariants;
    private final Cluster cluster;
    private final Clients clients;
    private final Nemesis nemesis;

    private Simulation(long seed, Trace trace) {
        this.seed = seed;
        SplittableRandom random = new SplittableRandom(Math.abs(seed));
        plan = Plan.of(random.split(), seed > 0);
        Conditions conditions = plan.conditions();
        invariants = new Invariants(conditions.paxos().driftPercent());
        invariants.add(new PathObserver(marks));
        cluster = new Cluster(conditions, random.nextLong(), ProductionReplica::new, invariants, trace);
        invariants.add(new OneLeaderLease(cluster.hosts()));
        invariants.add(new LockDelayKept(
                () -> cluster.scheduler().now(), conditions.paxos().driftPercent()));
        invariants.add(new TransactionsAreWhole());
        clients = new Clients(cluster, random.split(), plan.crowd(), invariants, marks, trace);
        nemesis = new Nemesis(cluster, plan, random.split(), marks, invariants.decided());
        if (trace.isOn()) {
            trace.line(0, "plan", plan);
        }
    }

    /**
     * The seed of the life with this number: one life after the other. In every second one the seed is negative, and
     * followers learn late what was chosen: more can go wrong for who does not know it.
     */
    public static long seed(long number) {
        return number % 2 == 0 ? -number : number;
    }

    /**
     * Runs one seed, see {@link #seed}.
     *
     * @return which paths it reached
     * @throws SimulationFailure when something was not as it must be
     */
    public static Marks run(long seed, Trace trace) {
        try {
            Simulation simulation = new Simulation(seed, trace);
            simulation.live();
            return simulation.marks;
        } catch (Violation violation) {
            throw new SimulationFailure("SimulationTest", seed, violation.invariant(), violation);
        } catch (RuntimeException | StackOverflowError failure) {
            throw new SimulationFailure(
                    "SimulationTest", seed, failure.getClass().getSimpleName(), failure);
        }
    }

    private void live() {
        cluster.hosts().forEach(Host::start);
        clients.start();
        nemesis.start();
        cluster.run(plan.safetyMs());
        nemesis.stop();
        clients.calm();
        if (plan.conditions().spares() > 0 || plan.faults().contains(Plan.Fault.WIPE)) {
            // The last requests to change the cell are carried out, or time out: a leader that is removed later gives
            // every
            // session a new lease.
            cluster.run(RECONFIGURED_WITHIN_MS);
            // Who stopped on hearing that it was removed, and was added again since, is started again.
            cluster.hosts().forEach(Host::start);
            cluster.run(RECONFIGURED_WITHIN_MS);
        }
        serveAgain();
        heal();
        leave();
        fallSilent();
        converge();
        explain();
        marks.add("calls", clients.calls());
        marks.add("operations", clients.files().operations() + clients.locks().operations());
        marks.add("queue order checked", invariants.queue().checked());
        invariants.answers().problems().forEach((code, times) -> marks.add("told " + code.label(), times));
    }

    /** The cell has a leader again, and a write through each replica is done. */
    private void serveAgain() {
        await(ELECTION_WITHIN_MS, "no leader after the faults stopped", () -> cluster.leader() != 0);
        for (Host host : cluster.members()) {
            Name name = Name.root(Conditions.CELL).child("healed" + host.id());
            Request request = new Request.WriteFile(name, Content.EMPTY, Condition.NONE, false, false);
            // It may have to wait for the lease of a client that keeps copies and is gone.
            long copiesMs = plan.crowd().caches() > 0 ? MOST_STRETCHED * 1_000L : 0;
            await(WRITE_WITHIN_MS + copiesMs, "no write is done through replica " + host.id(), () -> {
                // A replica may refuse at first: its bound on open calls is small in some lives.
                Answer answer = cluster.ask(host.id(), ClientCall.of(request));
                return answer.reply() instanceof Reply.Written;
            });
        }
    }

    /** Whoever lost its disk votes again. */
    private void heal() {
        await(FETCH_WITHIN_MS, "not every member has its vote", () -> {
            Configuration cell = invariants.decided().configuration();
            return cell != null && cell.members().stream().allMatch(this::votesWithItsData);
        });
    }

    /**
     * Whoever was removed is told so, and stops; it may have to fetch a checkpoint first, in very small chunks. A spare that
     * was never in the cell, or has lost its data, waits for ever.
     */
    private void leave() {
        await(FETCH_WITHIN_MS, "a replica that was removed goes on", () -> {
            Configuration cell = invariants.decided().configuration();
            return cell == null || cluster.hosts().stream().noneMatch(host -> isLeftBehind(host, cell));
        });
    }

    private boolean isLeftBehind(Host host, Configuration cell) {
        return host.isRunning()
                && cell.member(host.id()).isEmpty()
                && cluster.up(host.id()).configuration().isVoter(host.id());
    }

    private boolean votesWithItsData(Member member) {
        return member.voter()
                && member.incarnation() == cluster.host(member.id()).dataIncarnation();
    }

    /** No session sends anything any more: each ends in time. */
    private void fallSilent() {
        // What was on its way when the faults stopped may be late, and a keep-alive among it.
        cluster.scheduler()
                .runUntil(plan.safetyMs() * MS + plan.conditions().weather().lateNanos());
        clients.silence();
        boolean stretched = cluster.members().stream()
                .anyMatch(host -> cluster.up(host.id()).areLeasesStretched());
        long longest = plan.crowd().maxLeaseMs() * (stretched ? MOST_STRETCHED : 1);
        marks.add("leases stretched", stretched ? 1 : 0);
        cluster.run(longest + longest * plan.conditions().paxos().driftPercent() / 100 + EXPIRY_BOUND_MS);
        clients.inspectSilence();
        await(ELECTION_WITHIN_MS, "calls are not answered", () -> !clients.isBusy());
        if (!clients.complaints().isEmpty()) {
            throw new Violation(Liveness.class, String.join("; ", clients.complaints()));
        }
    }

    /** Every replica has applied the same, and sees the same leader. */
    private void converge() {
        boolean fetching = cluster.hosts().stream()
                .anyMatch(host -> host.disk().checkpoints().isFetching());
        await(fetching ? FETCH_WITHIN_MS : CONVERGE_WITHIN_MS, "replicas do not converge", () -> {
            int one = cluster.members().get(0).id();
            ReplicaStatus first = cluster.status(one);
            long digest = cluster.up(one).digest();
            return cluster.members().stream().allMatch(host -> {
                ReplicaStatus status = cluster.status(host.id());
                return status.ready()
                        && status.leader() == first.leader()
                        && status.appliedSlot() == first.appliedSlot()
                        && cluster.up(host.id()).digest() == digest;
            });
        });
    }

    private void explain() {
        invariants.queue().finish();
        linearizable(clients.files()::problem);
        linearizable(clients.locks()::problem);
    }

    private void linearizable(Supplier<Optional<String>> history) {
        try {
            history.get().ifPresent(problem -> {
                throw new Violation(Linearizability.class, problem);
            });
        } catch (Undecided tooMuch) {
            marks.hit("history undecided");
        }
    }

    private void await(long withinMs, String otherwise, BooleanSupplier done) {
        long deadline = cluster.scheduler().now() + withinMs * MS;
        while (!done.getAsBoolean()) {
            if (cluster.scheduler().now() >= deadline) {
                throw new Violation(Liveness.class, otherwise + " within " + withinMs + " ms (seed " + seed + ")");
            }
            cluster.run(10);
        }
    }

    /** Names what the liveness phase checks. */
    static final class Liveness {
        private Liveness() {}
    }
}
