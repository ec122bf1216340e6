package io.lockservice.client.bench;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Pending;
import io.lockservice.client.SessionOptions;
import io.lockservice.client.cell.TestCell;
import io.lockservice.client.node.Contents;
import io.lockservice.client.node.Handle;
import io.lockservice.client.node.Nodes;
import io.lockservice.client.node.OpenOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How many reads a second one program has from copies, and how many from the cell: a file of 256 bytes, an embedded cell in
 * the same process. Arguments: seconds for each row (3).
 */
public final class CachedReads {
    private static final String NAME = "/ls/test/config";

    private CachedReads() {}

    /** Prints a table. */
    public static void main(String[] arguments) throws InterruptedException {
        double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 3;
        try (TestCell cell = new TestCell();
                LockServiceClient client = LockServiceClient.connect(cell.urls())) {
            Nodes plain = Nodes.of(TestCell.await(client.openSession(SessionOptions.named("plain"))));
            TestCell.await(plain.setContents(NAME, new byte[256]).future());
            Nodes caching = Nodes.of(TestCell.await(
                    client.openSession(SessionOptions.named("caching").withCache())));
            Handle handle =
                    TestCell.await(caching.open(NAME, OpenOptions.reading()).future());
            System.out.printf("%-24s %8s %14s%n", "read", "threads", "reads/s");
            for (int threads : new int[] {1, 2, 4}) {
                row("copy, through a handle", threads, seconds, handle::getContentsAndStat);
                row("copy, by name", threads, seconds, () -> caching.getContentsAndStat(NAME));
                row("cell", threads, seconds, () -> plain.getContentsAndStat(NAME));
            }
            System.out.println(caching.cacheStats());
        }
    }

    private static void row(String what, int threads, double seconds, Supplier<Pending<Contents>> read)
            throws InterruptedException {
        // Once for the compiler.
        measure(threads, seconds / 3, read);
        System.out.printf("%-24s %8d %,14.0f%n", what, threads, measure(threads, seconds, read));
    }

    private static double measure(int threads, double seconds, Supplier<Pending<Contents>> read)
            throws InterruptedException {
        LongAdder done = new LongAdder();
        long startNanos = System.nanoTime();
        long endNanos = startNanos + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread reader = new Thread(() -> {
                while (System.nanoTime() - endNanos < 0) {
                    Pending<Contents> pending = read.get();
                    Contents contents = pending.future().isComplete()
                            ? pending.future().result()
                            : TestCell.await(pending.future());
                    if (contents.content().length() != 256) {
                        throw new IllegalStateException("read something else: " + contents);
                    }
                    done.increment();
                }
            });
            readers.add(reader);
            reader.start();
        }
        for (Thread reader : readers) {
            reader.join();
        }
        return done.sum() / ((System.nanoTime() - startNanos) / 1e9);
    }
}
