package io.lockservice.client.cell;

import io.lockservice.client.testkit.LockServiceCell;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The test kit's cell of three replicas, for tests that are about other things than what can fail. */
public final class TestCell implements AutoCloseable {
    private final LockServiceCell cell = LockServiceCell.start();

    /** Starts it. Its data are in a directory of its own. */
    public TestCell() {}

    /** The kit's cell, for tests that are about what can fail. */
    public LockServiceCell kit() {
        return cell;
    }

    /** Where the replicas answer. */
    public String[] urls() {
        return cell.urls();
    }

    /** Stops the replica that answers there. */
    public void stop(String url) {
        cell.stop(cell.replicas().get(List.of(urls()).indexOf(url)));
    }

    @Override
    public void close() {
        cell.close();
    }

    /** The result, waited for. */
    public static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Why it failed, waited for. */
    public static <T extends Throwable> T failure(Class<T> type, Future<?> future) {
        Throwable failure =
                await(future.<@Nullable Throwable>map(ignored -> null).otherwise(why -> why));
        return type.cast(Objects.requireNonNull(failure, "it did not fail"));
    }
}
