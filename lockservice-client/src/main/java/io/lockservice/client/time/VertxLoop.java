package io.lockservice.client.time;

import io.lockservice.client.Loop;
import io.lockservice.client.transport.channel.ChannelLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/** A loop on one Vert.x context. */
public final class VertxLoop implements Loop, ChannelLoop {
    private final Vertx vertx;
    private final Context context;
    private final LongSupplier nanoTime;
    private final Suspensions suspensions;

    /** A loop that reads these clocks. */
    public VertxLoop(Vertx vertx, LongSupplier nanoTime, LongSupplier wallMs) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.nanoTime = nanoTime;
        this.suspensions = new Suspensions(nanoTime, wallMs);
    }

    @Override
    public long nanoTime() {
        return nanoTime.getAsLong();
    }

    @Override
    public long sleptNanos() {
        return suspensions.getAsLong();
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
