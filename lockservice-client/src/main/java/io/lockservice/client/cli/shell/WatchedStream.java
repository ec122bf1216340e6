package io.lockservice.client.cli.shell;

import io.lockservice.client.Loop;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;

/**
 * A stream that fails where nothing comes for long. A machine that lost its power says no goodbye, and a cell that lives
 * says something every 15 s even where nothing happens.
 */
final class WatchedStream extends FilterInputStream {
    private static final long LONGEST_SILENCE_MS = 40_000;

    private final Loop loop;
    private volatile long waitingSinceNanos;
    private volatile boolean waiting;
    private volatile boolean silent;
    private volatile boolean closed;

    WatchedStream(InputStream in, Loop loop) {
        super(in);
        this.loop = loop;
        loop.execute(() -> look(LONGEST_SILENCE_MS));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        waitingSinceNanos = loop.nanoTime();
        waiting = true;
        int count = super.read(into, from, length);
        waiting = false;
        if (silent) {
            // Closed below, the stream may say that it is complete.
            throw new IOException("nothing came for " + Durations.text(LONGEST_SILENCE_MS));
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    private void look(long afterMs) {
        loop.after(afterMs, () -> {
            long waitedMs = waiting ? TimeUnit.NANOSECONDS.toMillis(loop.nanoTime() - waitingSinceNanos) : 0;
            if (closed) {
                return;
            }
            if (waitedMs < LONGEST_SILENCE_MS) {
                look(LONGEST_SILENCE_MS - waitedMs);
            } else {
                silent = true;
                try {
                    in.close();
                } catch (IOException e) {
                    System.getLogger(WatchedStream.class.getName()).log(System.Logger.Level.DEBUG, "not closed", e);
                }
            }
        });
    }
}
