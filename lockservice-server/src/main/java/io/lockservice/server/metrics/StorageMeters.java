package io.lockservice.server.metrics;

import io.lockservice.server.storage.JournalCounters;
import io.lockservice.server.storage.checkpoint.CheckpointCounters;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The journal and the checkpoints of this replica. */
final class StorageMeters {
    private StorageMeters() {}

    static void addJournal(Register register, Supplier<JournalCounters> journal) {
        FunctionTimer.builder(
                        "lockservice.journal.append",
                        register.meters(),
                        unused -> journal.get().batches(),
                        unused -> journal.get().appendNanos(),
                        TimeUnit.NANOSECONDS)
                .description("Batches written to the journal, each with at least one sync, and the time it took")
                .register(register.meters());
        register.gauge(
                "lockservice.journal.append.slowest",
                Register.SECONDS,
                "The longest append to the journal since the start",
                () -> Register.seconds(journal.get().slowestAppendNanos()));
        register.counter(
                "lockservice.journal.records",
                "records",
                "Records written to the journal",
                () -> journal.get().records());
        register.gauge(
                "lockservice.journal.queued",
                BaseUnits.BYTES,
                "Bytes that wait to be durable",
                () -> journal.get().queuedBytes());
    }

    static void addCheckpoints(Register register, Supplier<CheckpointCounters> checkpoints) {
        register.gauge(
                "lockservice.checkpoint.duration",
                Register.SECONDS,
                "How long the last checkpoint took to be written and read back; none since the start: not a number",
                () -> Register.seconds(checkpoints.get().lastNanos()));
        register.gauge(
                "lockservice.checkpoint.size",
                BaseUnits.BYTES,
                "The length of the newest checkpoint's file, 0 where there is none",
                () -> checkpoints.get().newestBytes());
        register.gauge(
                "lockservice.checkpoint.slot",
                "slots",
                "Up to this slot of the log everything is in the newest checkpoint, 0 where there is none",
                () -> checkpoints.get().newestSlot());
        register.counter(
                "lockservice.checkpoint.taken",
                "checkpoints",
                "Checkpoints that were written, read back and kept",
                () -> checkpoints.get().taken());
        register.counter(
                "lockservice.checkpoint.refused",
                "checkpoints",
                "Checkpoints that could not be written; the older ones stay",
                () -> checkpoints.get().refused());
        register.counter(
                "lockservice.checkpoint.fetched",
                "checkpoints",
                "Checkpoints that were fetched from a peer because the log no longer went back so far",
                () -> checkpoints.get().fetched());
    }
}
