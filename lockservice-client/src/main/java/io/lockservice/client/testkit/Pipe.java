package io.lockservice.client.testkit;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * One direction of a connection: what comes in goes out in the same order, later where there is a delay, and not before the end
 * of a silence. So it is with TCP when packets are lost: it sends them again. Confined to the event loop.
 */
final class Pipe {
    private final Vertx vertx;
    private final NetSocket from;
    private final NetSocket to;
    private final Supplier<Conditions> conditions;
    private final Runnable onEnd;
    private final Deque<Buffer> underWay = new ArrayDeque<>();
    private int due;
    private boolean full;
    private boolean ended;

    /** {@code onEnd} is run when the connection that it comes from is closed and all of it is delivered. */
    Pipe(Vertx vertx, NetSocket from, NetSocket to, Supplier<Conditions> conditions, Runnable onEnd) {
        this.vertx = vertx;
        this.from = from;
        this.to = to;
        this.conditions = conditions;
        this.onEnd = onEnd;
    }

    void begin() {
        from.handler(this::arrived);
        from.exceptionHandler(broken -> {});
        from.closeHandler(closed -> {
            ended = true;
            deliver();
        });
        to.drainHandler(drained -> {
            full = false;
            deliver();
        });
        deliver();
    }

    private void arrived(Buffer bytes) {
        underWay.add(bytes);
        if (conditions.get().delayMs() == 0 && underWay.size() == due + 1) {
            arrivedThere();
        } else {
            vertx.setTimer(Math.max(1, conditions.get().delayMs()), later -> arrivedThere());
        }
    }

    /** One piece more has been under way for long enough. Which one does not matter: they go out in order. */
    private void arrivedThere() {
        due++;
        deliver();
    }

    /** Hands on what may be handed on now. */
    void deliver() {
        if (conditions.get().silent()) {
            from.pause();
            return;
        }
        while (due > 0) {
            due--;
            to.write(underWay.remove());
            full = to.writeQueueFull();
        }
        if (ended && underWay.isEmpty()) {
            to.close();
            onEnd.run();
        } else if (full) {
            from.pause();
        } else {
            from.resume();
        }
    }
}
