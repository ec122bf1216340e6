package io.lockservice.server.evidence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * What is known of one file that one client writes, the writes numbered from 1. Each write adds one to the file's
 * generation, so the generation counts: those acknowledged, and of those without an answer the ones that were done.
 *
 * <p>Threading: any.
 */
final class FileLedger {
    private static final int SPREAD_BYTES = 300;

    private final String name;
    private final int leastBytes;
    /** Writes without an answer, by number, that have not been seen: each may have been done, or be done yet. */
    private final Set<Long> unknown = new HashSet<>();

    private long attempts;
    private long acknowledged;
    private long unanswered;
    private long doneUnanswered;
    private long number;
    private long generation;

    /** Every content has {@code leastBytes} or a few more. */
    FileLedger(String name, int leastBytes) {
        this.name = name;
        this.leastBytes = leastBytes;
    }

    String name() {
        return name;
    }

    /** The content of a write: anyone who has the bytes can tell which write it was, and whether all of it is there. */
    byte[] content(long write) {
        long bytes = leastBytes + write * 31 % SPREAD_BYTES;
        StringBuilder text =
                new StringBuilder().append(name).append(' ').append(write).append(' ');
        for (long i = write; text.length() < bytes; i++) {
            text.append((char) ('a' + i % 26));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** The number of the next write. */
    synchronized long next() {
        attempts++;
        return attempts;
    }

    /** A write was answered: it led to {@code newGeneration}. */
    synchronized void acknowledged(long write, long newGeneration) {
        acknowledged++;
        advance(newGeneration - 1, "write " + write + " was acknowledged with generation " + newGeneration);
        number = write;
        generation = newGeneration;
    }

    /** A write had no answer. */
    synchronized void unanswered(long write) {
        unanswered++;
        unknown.add(write);
    }

    /** A read that began after the last acknowledgement gave this. */
    synchronized void read(byte[] found, long foundGeneration) {
        long write = numberIn(found);
        String what = name + ": generation " + foundGeneration + " with write " + write + " was read, " + this;
        assertTrue(foundGeneration >= generation, what);
        if (foundGeneration == generation) {
            assertTrue(write == number, what);
            assertArrayEquals(content(write), found, what);
            return;
        }
        assertTrue(unknown.remove(write), what);
        assertArrayEquals(content(write), found, what);
        advance(foundGeneration, what);
        number = write;
        generation = foundGeneration;
    }

    /** A read that began after the last acknowledgement found no such file. */
    synchronized void readNothing() {
        assertTrue(generation == 0, () -> name + " is gone, " + this);
    }

    /** A read that may be old gave this: whatever it is, it was written once. */
    synchronized void readStale(byte[] found, long foundGeneration) {
        long write = numberIn(found);
        String what = name + ": generation " + foundGeneration + " with write " + write + " was read, " + this;
        assertTrue(write >= 1 && write <= attempts, what);
        assertArrayEquals(content(write), found, what);
        assertTrue(foundGeneration <= attempts && (unanswered > 0 || foundGeneration == write), what);
    }

    /** Generations up to {@code to} are writes without an answer. */
    private void advance(long to, String what) {
        assertTrue(to >= generation, () -> name + ": " + what + ", " + this);
        doneUnanswered += to - generation;
        assertTrue(doneUnanswered <= unanswered, () -> name + ": done too often: " + what + ", " + this);
    }

    private long numberIn(byte[] content) {
        String[] words = new String(content, StandardCharsets.US_ASCII).split(" ", 3);
        assertTrue(words.length == 3 && words[0].equals(name), () -> name + " holds " + String.join(" ", words));
        return Long.parseLong(words[1]);
    }

    /** The highest generation that is known. */
    synchronized long generation() {
        return generation;
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    synchronized long unanswered() {
        return unanswered;
    }

    synchronized long doneUnanswered() {
        return doneUnanswered;
    }

    @Override
    public synchronized String toString() {
        return "the ledger has generation " + generation + " with write " + number + " of " + attempts + ", "
                + acknowledged + " acknowledged, " + unanswered + " without an answer of which " + doneUnanswered
                + " were done";
    }
}
