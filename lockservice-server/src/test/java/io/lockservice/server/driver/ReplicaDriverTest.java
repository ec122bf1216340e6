package io.lockservice.server.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.lockservice.api.Answer;
import io.lockservice.api.ClientCall;
import io.lockservice.api.Name;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.log.CheckpointName;
import io.lockservice.log.Chunk;
import io.lockservice.log.Configuration;
import io.lockservice.log.LogEntry;
import io.lockservice.log.LogRecord;
import io.lockservice.log.Member;
import io.lockservice.paxos.PaxosSettings;
import io.lockservice.replica.Checkpoint;
import io.lockservice.replica.CheckpointSettings;
import io.lockservice.replica.Input;
import io.lockservice.replica.Message;
import io.lockservice.replica.RecoveredCheckpoints;
import io.lockservice.replica.Replica;
import io.lockservice.replica.ReplicaSettings;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicaDriverTest {
    private static final ClientCall READ = ClientCall.of(new Request.GetStat(new Name("/ls/test"), false));

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final ReplicaDriver driver = driver();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void anAnswerThatCannotBeGivenDoesNotStopTheReplica() throws Exception {
        driver.call(READ, 1_000, Long.MAX_VALUE, answer -> {
            throw new IllegalStateException("the connection is gone");
        });
        assertInstanceOf(Reply.class, answerTo(READ, Long.MAX_VALUE).reply());
        assertNull(failure.get());
    }

    @Test
    void whenTheReplicaFailsEveryOpenCallIsAnsweredAndTheOwnerIsTold() throws Exception {
        driver.call(READ, 60_000, Input.Called.LINEARIZABLE, answer -> {
            throw new IllegalStateException("the connection is gone");
        });
        CompletableFuture<Answer> open = new CompletableFuture<>();
        driver.call(READ, 60_000, Input.Called.LINEARIZABLE, open::complete);
        IllegalStateException broken = new IllegalStateException("the disk failed");
        context.runOnContext(onLoop -> driver.fail(broken));
        assertInstanceOf(Reply.Failed.class, open.get(10, TimeUnit.SECONDS).reply());
        CompletableFuture<Void> after = new CompletableFuture<>();
        context.runOnContext(onLoop -> after.complete(null));
        after.get(10, TimeUnit.SECONDS);
        assertEquals(broken, failure.get());
        assertFalse(driver.status().ready());
        assertInstanceOf(Reply.Failed.class, answerTo(READ, Long.MAX_VALUE).reply());
    }

    @Test
    void aReplicaWhoseStateIsNotThatOfTheMajorityIsStoppedAndDoesNothingMore() throws Exception {
        AtomicReference<@Nullable Throwable> stopped = new AtomicReference<>();
        AtomicReference<Integer> submitted = new AtomicReference<>(0);
        ReplicaDriver differing = new ReplicaDriver(
                vertx,
                context,
                new Replica(settings(), RecoveredCheckpoints.NONE, DifferingLog::replay, System.nanoTime()),
                new ReplicaDriver.Parts(
                        new Store() {
                            @Override
                            public void submit(List<LogRecord> records, long upToSequence) {
                                submitted.updateAndGet(before -> before + records.size());
                            }
                        },
                        new Peers(),
                        new Checkpoints()),
                stopped::set);
        CompletableFuture<Answer> open = new CompletableFuture<>();
        differing.call(READ, 60_000, Long.MAX_VALUE, open::complete);
        assertInstanceOf(Reply.Failed.class, open.get(10, TimeUnit.SECONDS).reply());
        CompletableFuture<Void> after = new CompletableFuture<>();
        context.runOnContext(onLoop -> after.complete(null));
        after.get(10, TimeUnit.SECONDS);
        assertInstanceOf(ReplicaDistrusted.class, stopped.get());
        assertEquals("stopped", differing.status().role());
        assertEquals(0, submitted.get());
    }

    private Answer answerTo(ClientCall call, long maxStaleMs) throws Exception {
        CompletableFuture<Answer> given = new CompletableFuture<>();
        driver.call(call, 1_000, maxStaleMs, given::complete);
        return given.get(10, TimeUnit.SECONDS);
    }

    /** A replica of a cell of three whose peers are not there and whose disk never answers. */
    private ReplicaDriver driver() {
        Replica replica = new Replica(settings(), RecoveredCheckpoints.NONE, recovered -> {}, System.nanoTime());
        return new ReplicaDriver(
                vertx,
                context,
                replica,
                new ReplicaDriver.Parts(new Store(), new Peers(), new Checkpoints()),
                failure::set);
    }

    private static ReplicaSettings settings() {
        return new ReplicaSettings(
                "test",
                1,
                1,
                1,
                three(),
                PaxosSettings.DEFAULT,
                1,
                10,
                1_000,
                100,
                60_000,
                CheckpointSettings.DEFAULT,
                DifferingLog.EVERY_SLOTS);
    }

    private static class Store implements LogStore {
        @Override
        public void submit(List<LogRecord> records, long upToSequence) {}

        @Override
        public void read(long fromSlot, int maxBytes, Consumer<List<LogEntry>> answer) {}

        @Override
        public void drop(long slot) {}
    }

    private static final class Checkpoints implements CheckpointPort {
        @Override
        public @Nullable Stored newest() {
            return null;
        }

        @Override
        public void take(Checkpoint checkpoint, Consumer<Stored> taken, BiConsumer<Long, String> refused) {}

        @Override
        public void hurry() {}

        @Override
        public void read(CheckpointName name, long offset, int maxBytes, Consumer<Chunk> answer) {}

        @Override
        public void resume(CheckpointName name, Incoming told) {}

        @Override
        public void store(Chunk chunk, Incoming told) {}

        @Override
        public void install(CheckpointName name, Incoming told) {}
    }

    private static final class Peers implements PeerLink {
        @Override
        public void members(Configuration configuration) {}

        @Override
        public void send(int to, Message message) {}

        @Override
        public void flush() {}
    }

    private static Configuration three() {
        return new Configuration(List.of(1, 2, 3).stream()
                .map(id -> new Member(id, id, true, "localhost", 1, 1))
                .toList());
    }
}
