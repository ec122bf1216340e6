package io.lockservice.client.evidence;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The programs that offer the service, one for each instance, and one that waits to take the place of another. */
final class Programs implements AutoCloseable {
    static final String SERVICE = "web";

    private static final List<String> IDS = List.of("a", "b", "c");
    /** Nobody listens there: only the number counts. */
    private static final int FIRST_PORT = 40_000;

    private final ReplicaProcesses cell;
    private final RegistryLedger ledger;
    private final long leaseMs;
    private final List<Running> running = new ArrayList<>();
    private final List<InstanceProcess> started = new ArrayList<>();
    private int ports = FIRST_PORT;
    private InstanceProcess spare;

    /** One that runs; its stay is of its newest registration. */
    static final class Running {
        private final Place place;
        private final InstanceProcess process;
        private RegistryLedger.Stay stay;

        Running(Place place, InstanceProcess process, RegistryLedger.Stay stay) {
            this.place = place;
            this.process = process;
            this.stay = stay;
        }

        Place place() {
            return place;
        }

        InstanceProcess process() {
            return process;
        }

        RegistryLedger.Stay stay() {
            return stay;
        }

        /** It is going to register once more. */
        void again(RegistryLedger.Stay next) {
            stay = next;
        }
    }

    Programs(ReplicaProcesses cell, RegistryLedger ledger, long leaseMs) throws IOException {
        this.cell = cell;
        this.ledger = ledger;
        this.leaseMs = leaseMs;
        this.spare = started();
    }

    private InstanceProcess started() throws IOException {
        InstanceProcess process = new InstanceProcess(leaseMs, cell.urls());
        started.add(process);
        return process;
    }

    /** Starts all. */
    void start() throws IOException, InterruptedException {
        for (String id : IDS) {
            running.add(register(id));
        }
        for (Running each : running) {
            registered(each);
        }
    }

    /** Tells the spare program, which has been started already, to be this instance; another becomes the spare one. */
    private Running register(String id) throws IOException, InterruptedException {
        InstanceProcess process = spare;
        process.await("ready");
        spare = started();
        Place place = new Place(SERVICE, id, ports++);
        RegistryLedger.Stay stay = ledger.begins(place, System.nanoTime());
        process.register("program-" + id, place);
        return new Running(place, process, stay);
    }

    /** Waits until it is registered; when that was heard. */
    static long registered(Running program) throws InterruptedException {
        long atNanos = program.process().await("registered");
        program.stay().registered(atNanos);
        return atNanos;
    }

    /** One of them. */
    Running any(Random random) {
        return running.get(random.nextInt(running.size()));
    }

    /** The spare program is started under the name of one that is dead. */
    Running replace(Running dead) throws IOException, InterruptedException {
        Running next = register(dead.place().id());
        running.set(running.indexOf(dead), next);
        return next;
    }

    /** Until the spare one is ready: it is not to take the time of what is measured next. */
    void awaitSpare() throws InterruptedException {
        spare.await("ready");
        spare.hold("ready");
    }

    /** What those that live had to say of losing their registration. */
    List<String> complaints() {
        return running.stream()
                .flatMap(each -> each.process().more().stream().map(line -> each.place() + " says " + line))
                .toList();
    }

    @Override
    public void close() {
        started.forEach(InstanceProcess::close);
    }
}
