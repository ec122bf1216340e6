package io.lockservice.sim;

import static io.lockservice.sim.cluster.Scheduler.MS;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.log.Configuration;
import io.lockservice.log.Member;
import io.lockservice.replica.Input;
import io.lockservice.sim.cluster.Cluster;
import io.lockservice.sim.cluster.Host;
import io.lockservice.sim.cluster.Marks;
import io.lockservice.sim.cluster.Weather;
import io.lockservice.sim.invariant.OneValuePerSlot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes things go wrong, one after the other and at times together, until it is told to stop. */
final class Nemesis {
    /** So long after one kind of change to who is in the cell there is none of the other. */
    private static final long LONG_AFTER_NANOS = 3_000 * MS;

    private static final Weather STORM = new Weather(0.3, 0.2, 5 * MS, 0.2, 500 * MS);

    private final Cluster cluster;
    private final Plan plan;
    private final SplittableRandom random;
    private final Marks marks;
    private final List<Plan.Fault> faults;
    private final OneValuePerSlot decided;
    private final Set<Plan.Fault> struck = EnumSet.noneOf(Plan.Fault.class);
    private boolean stopped;
    private long reconfiguredNanos = -LONG_AFTER_NANOS;
    private long wipedNanos = -LONG_AFTER_NANOS;

    Nemesis(Cluster cluster, Plan plan, SplittableRandom random, Marks marks, OneValuePerSlot decided) {
        this.decided = decided;
        this.cluster = cluster;
        this.plan = plan;
        this.random = random;
        this.marks = marks;
        this.faults = List.copyOf(plan.faults());
    }

    void start() {
        cluster.hosts().forEach(host -> host.disk().queueReads(true));
        if (!faults.isEmpty()) {
            cluster.scheduler().after(random.nextLong(plan.calmMs() * MS), this::strike);
        }
    }

    /** Everything works again, and goes on working. */
    void stop() {
        stopped = true;
        cluster.network().mend();
        cluster.network().weather(Weather.CALM);
        for (Host host : cluster.hosts()) {
            host.disk().speed(plan.conditions().syncNanos());
            host.disk().queueReads(false);
            host.disk().makeRoom();
            host.callOff();
            host.goOn();
            host.start();
        }
    }

    private void strike() {
        if (stopped) {
            return;
        }
        Plan.Fault fault = faults.get(random.nextInt(faults.size()));
        Host host = victim();
        if (fault == Plan.Fault.WIPE ? !mayWipe(host) : fault == Plan.Fault.RECONFIGURE && !mayReconfigure()) {
            start();
            return;
        }
        if (struck.add(fault)) {
            marks.hit(Plan.livesWith(fault));
        }
        switch (fault) {
            case CRASH -> {
                host.crash();
                startAgain(host);
            }
            case CRASH_AT_EFFECT -> {
                host.crashAfterEffects(random.nextInt(6));
                startAgain(host);
            }
            case STOP -> {
                host.stop();
                later(2_000, host::goOn);
            }
            case STOP_AT_EFFECT -> host.stopAfterEffects(random.nextInt(6), random.nextLong(2_000 * MS));
            case SUSPEND -> {
                host.suspend();
                later(2_500, host::goOn);
            }
            case PARTITION -> {
                partition(host);
                later(2_500, cluster.network()::mend);
            }
            case ONE_WAY -> {
                oneWay(host);
                later(2_500, cluster.network()::mend);
            }
            case BAD_WEATHER -> {
                cluster.network().weather(STORM);
                later(1_500, () -> cluster.network().weather(plan.conditions().weather()));
            }
            case SLOW_DISK -> {
                host.disk().speed(random.nextLong(300 * MS));
                later(2_000, () -> host.disk().speed(plan.conditions().syncNanos()));
            }
            case RESIGN -> cluster.hosts().forEach(each -> cluster.resign(each.id()));
            case RESTART_ALL -> restartAll();
            case RESTART_GRANTOR -> restartGrantor(host);
            case TAKE_TURNS -> takeTurns(host);
            case RECONFIGURE -> reconfigure(host);
            case WIPE -> wipe(host);
            case DISK_FULL -> fillDisks(host);
            case LEFT_BEHIND -> {
                leaveBehind(host);
                return;
            }
            default -> throw new IllegalStateException("no such fault: " + fault);
        }
        start();
    }

    /** Most often whoever leads: the others are less interesting. */
    private Host victim() {
        int leader = cluster.leader();
        int id = leader != 0 && random.nextInt(5) < 3
                ? leader
                : 1 + random.nextInt(cluster.hosts().size());
        return cluster.host(id);
    }

    private void startAgain(Host host) {
        later(random.nextInt(4) == 0 ? 3_000 : 400, host::start);
    }

    private void restartAll() {
        for (Host host : cluster.hosts()) {
            host.crash();
            startAgain(host);
        }
    }

    private void restartGrantor(Host leader) {
        int count = cluster.hosts().size();
        int impatient = leader.id() % count + 1;
        cluster.network().cutBoth(leader.id(), impatient);
        long leaseMs = plan.conditions().paxos().leaseMs();
        cluster.scheduler().after((leaseMs + random.nextLong(leaseMs)) * MS, () -> {
            if (stopped) {
                return;
            }
            cluster.partition(leader.id());
            for (Host other : cluster.hosts()) {
                if (other != leader && other.id() != impatient) {
                    other.crash();
                    later(30, other::start);
                }
            }
            later(2 * leaseMs, cluster.network()::mend);
        });
    }

    private void takeTurns(Host leader) {
        cluster.partition(leader.id());
        long leaseMs = plan.conditions().paxos().leaseMs();
        cluster.scheduler().after((2 * leaseMs + random.nextLong(leaseMs)) * MS, () -> {
            int successor = cluster.leader();
            if (stopped || successor == 0) {
                return;
            }
            cluster.host(successor).crashAfterEffects(random.nextInt(30));
            startAgain(cluster.host(successor));
            later(30, cluster.network()::mend);
        });
    }

    /** A majority of those that vote, or may come to vote, keeps its data: more cannot be asked of any cell. */
    private boolean mayWipe(Host host) {
        return cluster.scheduler().now() - reconfiguredNanos >= LONG_AFTER_NANOS && isWhole() && canLose(host);
    }

    private void wipe(Host host) {
        wipedNanos = cluster.scheduler().now();
        marks.hit(decided.configuration() == null ? "wiped before it was founded" : "wiped");
        host.wipe();
        startAgain(host);
    }

    private boolean isWhole() {
        Configuration cell = decided.configuration();
        if (cell == null) {
            return cluster.hosts().stream().allMatch(each -> each.dataIncarnation() == each.id());
        }
        return cell.members().stream().filter(Member::voter).allMatch(this::isIntact);
    }

    private boolean isIntact(Member member) {
        return member.incarnation() == cluster.host(member.id()).dataIncarnation();
    }

    private boolean canLose(Host host) {
        List<Configuration> all = new ArrayList<>(decided.pendingConfigurations());
        Configuration cell = decided.configuration();
        if (cell != null) {
            all.add(cell);
            // The change is complete once the others know of it, after a restart too.
            boolean isKnown = cell.members().stream()
                    .filter(member -> member.voter() && member.id() != host.id() && isIntact(member))
                    .anyMatch(member ->
                            cluster.host(member.id()).disk().durablyChosenSlot() >= decided.configurationSlot());
            if (!isKnown && decided.configurationSlot() > 1) {
                return false;
            }
        }
        return all.stream()
                .allMatch(each -> each.isQuorum(each.members().stream()
                        .filter(member -> member.id() != host.id() && isIntact(member))
                        .map(Member::id)
                        .toList()));
    }

    private boolean mayReconfigure() {
        return cluster.scheduler().now() - wipedNanos >= LONG_AFTER_NANOS && isWhole();
    }

    private void reconfigure(Host through) {
        reconfiguredNanos = cluster.scheduler().now();
        boolean add = random.nextBoolean();
        List<Integer> members = cluster.members().stream().map(Host::id).toList();
        List<Integer> ids = cluster.hosts().stream()
                .map(Host::id)
                .filter(id -> add != members.contains(id))
                .toList();
        int id = ids.isEmpty() ? members.get(0) : ids.get(random.nextInt(ids.size()));
        Request request = add
                ? new Request.AddReplica(id, "replica-" + id, 1, 1)
                : new Request.RemoveReplica(id, random.nextInt(4) == 0);
        cluster.host(id).start();
        through.call(
                ClientCall.of(request),
                2_000,
                Input.Called.LINEARIZABLE,
                answer -> marks.hit(request.getClass().getSimpleName() + " "
                        + (answer.reply() instanceof Reply.Failed failed
                                ? failed.problem().code().label()
                                : "done")));
    }

    /** Whoever wrote so much deletes it again after a while, on each machine for itself. */
    private void fillDisks(Host one) {
        List<Host> filled = random.nextInt(3) == 0 ? List.of(one) : cluster.hosts();
        int reserveRecords = random.nextInt(3) == 0 ? random.nextInt(20) : 1_000;
        for (Host host : filled) {
            host.disk().fill(reserveRecords);
            later(5_000, host.disk()::makeRoom);
        }
    }

    /** Nothing else goes wrong meanwhile, or it would not be left behind far enough. */
    private void leaveBehind(Host host) {
        cluster.partition(host.id());
        cluster.scheduler().after((1_500 + random.nextLong(3_000)) * MS, () -> {
            if (stopped) {
                return;
            }
            cluster.network().mend();
            if (random.nextBoolean()) {
                later(500, () -> {
                    host.crash();
                    startAgain(host);
                });
            }
            start();
        });
    }

    private void partition(Host host) {
        int companions = random.nextInt(cluster.hosts().size() - 1);
        Integer[] group = new Integer[companions + 1];
        for (int i = 0; i <= companions; i++) {
            group[i] = (host.id() - 1 + i) % cluster.hosts().size() + 1;
        }
        cluster.partition(group);
    }

    private void oneWay(Host host) {
        boolean out = random.nextBoolean();
        for (Host other : cluster.hosts()) {
            if (other != host && random.nextInt(3) > 0) {
                cluster.network().cut(out ? host.id() : other.id(), out ? other.id() : host.id());
            }
        }
    }

    private void later(long maxMs, Runnable action) {
        cluster.scheduler().after(random.nextLong(maxMs * MS), () -> {
            if (!stopped) {
                action.run();
            }
        });
    }
}
