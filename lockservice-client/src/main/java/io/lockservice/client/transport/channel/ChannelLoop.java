package io.lockservice.client.transport.channel;

/** The client's loop as the channel needs it: a clock, timers, and one task at a time. */
public interface ChannelLoop {
    /** Monotonic nanoseconds, from any thread. Only differences mean something. */
    long nanoTime();

    /** Does {@code task} on the loop: at once where the caller is on it, else soon. */
    void execute(Runnable task);

    /** Does {@code task} on the loop after at least {@code delayMs}; what is returned, run on the loop, forgets it. */
    Runnable later(long delayMs, Runnable task);
}
