package io.lockservice.server.storage;

import io.lockservice.log.DiskRoom;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Looks again and again how much room a replica's disk has, keeps the journal's reserve filled while there is room for it,
 * and tells of changes.
 *
 * <p>Threading: has a thread of its own, for a file system may take its time. {@link #close} waits for it.
 */
public final class DiskWatch implements AutoCloseable {
    private static final Logger LOG = System.getLogger(DiskWatch.class.getName());
    private static final long LOOK_EVERY_MS = 250;

    /** There is enough again once there is so much more than would have been enough, as a part of it: no to and fro. */
    private static final int MORE_BY_PART = 4;

    private final String name;
    private final DiskLimits limits;
    private final Disk disk;
    private final Executor callbacks;
    private final Consumer<DiskRoom> told;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private DiskRoom room = DiskRoom.ENOUGH;

    /** What is looked at. Any of this may block. */
    public interface Disk {
        /** What may still be written to it, in bytes. */
        long freeBytes() throws IOException;

        /** What the newest checkpoint takes: the next needs as much, before an older one goes. */
        long checkpointBytes();

        /** What is taken by checkpoints that are being written: it counts as free, for it is what the room is for. */
        long unfinishedBytes() throws IOException;

        /** Whether the journal waits for room. */
        boolean isJournalWaiting();

        /** Whether the journal's reserve is there. */
        boolean hasReserve();

        /** Makes the reserve. */
        void makeReserve() throws IOException;
    }

    /**
     * A watch that rests until {@link #start}.
     *
     * @param name of the replica, for the log and the thread
     * @param callbacks runs {@code told}; the driver's event loop
     * @param told of every change; at first there is enough
     */
    public DiskWatch(String name, DiskLimits limits, Disk disk, Executor callbacks, Consumer<DiskRoom> told) {
        this.name = name;
        this.limits = limits;
        this.disk = disk;
        this.callbacks = callbacks;
        this.told = told;
        this.thread = new Thread(this::run, "disk-" + name);
        thread.setDaemon(true);
    }

    /** Begins to look. */
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                look();
            } while (!closed.await(LOOK_EVERY_MS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once. */
    void look() {
        try {
            long freeBytes = disk.freeBytes() + disk.unfinishedBytes();
            long neededBytes = neededBytes();
            become(roomWith(freeBytes, neededBytes), freeBytes, neededBytes);
        } catch (IOException failed) {
            LOG.log(Level.WARNING, "{0}: how full its disk is cannot be seen: {1}", name, failed);
        }
    }

    private long neededBytes() {
        long leastBytes = limits.lowBytes() + disk.checkpointBytes();
        long moreBytes = room == DiskRoom.ENOUGH ? 0 : leastBytes / MORE_BY_PART;
        return leastBytes + moreBytes + (disk.hasReserve() ? 0 : limits.reserveBytes());
    }

    private DiskRoom roomWith(long freeBytes, long neededBytes) throws IOException {
        if (disk.isJournalWaiting()) {
            return DiskRoom.NONE;
        }
        if (freeBytes < neededBytes) {
            return DiskRoom.LOW;
        }
        if (!disk.hasReserve()) {
            disk.makeReserve();
        }
        return DiskRoom.ENOUGH;
    }

    private void become(DiskRoom next, long freeBytes, long neededBytes) {
        if (next == room) {
            return;
        }
        room = next;
        callbacks.execute(() -> told.accept(next));
        switch (next) {
            case ENOUGH -> LOG.log(Level.INFO, "{0}: its disk has enough room again, {1} bytes", name, freeBytes);
            case LOW ->
                LOG.log(
                        Level.WARNING,
                        "{0}: its disk is nearly full, {1} bytes are free and {2} are needed: make room on it; while most"
                                + " replicas are so, the cell refuses what makes its state larger",
                        name,
                        freeBytes,
                        neededBytes);
            case NONE ->
                LOG.log(
                        Level.ERROR,
                        "{0}: its disk is full and its reserve is used up, it writes nothing until there is room: make room on"
                                + " it",
                        name);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
