package io.lockservice.client;

import io.lockservice.client.transport.channel.ChannelLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/** A loop on one Vert.x context. */
final class VertxLoop implements Loop, ChannelLoop {
    private final Vertx vertx;
    private final Context context;
    private final LongSupplier nanoTime;

    VertxLoop(Vertx vertx, LongSupplier nanoTime) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.nanoTime = nanoTime;
    }

    @Override
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    @Override
    public void execute(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            context.runOnContext(ignored -> task.run());
        }
    }

    @Override
    public Timer after(long delayMs, Runnable task) {
        long id = vertx.setTimer(Math.max(1, delayMs), ignored -> execute(task));
        return () -> vertx.cancelTimer(id);
    }

    @Override
    public Runnable later(long delayMs, Runnable task) {
        return after(delayMs, task)::cancel;
    }
}
