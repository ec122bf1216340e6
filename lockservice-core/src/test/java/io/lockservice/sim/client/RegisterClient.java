package io.lockservice.sim.client;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Condition;
import io.lockservice.api.Content;
import io.lockservice.api.Name;
import io.lockservice.api.Request;
import io.lockservice.sim.cluster.Conditions;
import io.lockservice.sim.linearizability.FileAnswer;
import io.lockservice.sim.linearizability.FileCall;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Writes, swaps, deletes and reads files, one call at a time, as fast as its thinking allows. */
final class RegisterClient {
    private static final int ATTEMPTS = 4;

    private final int id;
    private final Caller caller;
    private final SplittableRandom random;
    private final Files files;
    private final Timetable times;
    private final long thinkNanos;
    private long written;
    private boolean finished;
    private boolean busy;

    RegisterClient(int id, Caller caller, SplittableRandom random, Files files, Timetable times, long thinkNanos) {
        this.id = id;
        this.caller = caller;
        this.random = random;
        this.files = files;
        this.times = times;
        this.thinkNanos = thinkNanos;
    }

    void start() {
        think();
    }

    /** Starts nothing more. */
    void finish() {
        finished = true;
    }

    /** Whether a call is open. */
    boolean isBusy() {
        return busy;
    }

    private void think() {
        times.after(1 + random.nextLong(thinkNanos), this::next);
    }

    private void next() {
        if (finished) {
            return;
        }
        busy = true;
        Files.File file = files.any(random);
        double choice = random.nextDouble();
        if (file.isTally()) {
            write(file, FileCall.ANY, 0);
        } else if (choice < 0.4) {
            read(file);
        } else if (choice < 0.65) {
            write(file, FileCall.ANY, 0);
        } else if (choice < 0.9) {
            FileAnswer.@Nullable Found seen = file.lastSeen();
            write(file, seen == null ? FileCall.ABSENT : seen.instance(), seen == null ? 0 : seen.generation());
        } else {
            delete(file);
        }
    }

    private void read(Files.File file) {
        send(file, new FileCall.Read(), new Request.ReadFile(file.name()), false);
    }

    private void write(Files.File file, long instance, long generation) {
        long content = id * 1_000_000L + ++written;
        byte[] bytes =
                ByteBuffer.allocate(8 + random.nextInt(40)).putLong(content).array();
        send(
                file,
                new FileCall.Write(content, instance, generation),
                new Request.WriteFile(file.name(), new Content(bytes), condition(instance, generation), false, false),
                true);
    }

    private void delete(Files.File file) {
        FileAnswer.@Nullable Found seen = file.lastSeen();
        boolean any = random.nextBoolean();
        long instance = seen == null || any ? FileCall.ANY : seen.instance();
        long generation = seen == null || any ? 0 : seen.generation();
        send(
                file,
                new FileCall.Delete(instance, generation),
                new Request.DeleteNode(file.name(), false, condition(instance, generation)),
                true);
    }

    private void send(Files.File file, FileCall call, Request request, boolean changes) {
        boolean keyed = changes && random.nextInt(4) != 0;
        ClientCall.@Nullable Idempotency key =
                keyed ? new ClientCall.Idempotency("k" + id + "-" + times.nextKey(), request.hashCode()) : null;
        // Without a key a change must not be sent twice.
        int attempts = changes && !keyed ? 1 : ATTEMPTS;
        long timeoutMs = 200 + random.nextLong(1_000);
        caller.call(new ClientCall(request, ClientCall.ANONYMOUS, null, key, null), attempts, timeoutMs, 0, told -> {
            busy = false;
            files.told(file, call, told);
            think();
        });
    }

    private static Condition condition(long instance, long generation) {
        if (instance == FileCall.ANY) {
            return Condition.NONE;
        }
        return instance == FileCall.ABSENT
                ? new Condition(null, true, false)
                : new Condition(List.of(new Condition.Version(instance, generation)), false, false);
    }

    /** A name in the simulated cell. */
    static Name name(String leaf) {
        return Name.root(Conditions.CELL).child(leaf);
    }
}
