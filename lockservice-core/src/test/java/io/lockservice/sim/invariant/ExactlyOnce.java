package io.lockservice.sim.invariant;

import java.util.HashMap;
import java.util.Map;

/**
 * Each write takes effect once, however often it is sent: no two writes get the same generation of a file, repeats of one
 * get the same, and a file that was only ever written has as many generations as writes.
 */
public final class ExactlyOnce {
    private final Map<String, String> writers = new HashMap<>();
    private final Map<String, String> results = new HashMap<>();
    private final Map<String, int[]> tallies = new HashMap<>();

    /** A write was acknowledged. */
    public void wrote(String file, String content, long instance, long generation) {
        String version = file + "@" + instance + "." + generation;
        String writer = writers.putIfAbsent(version, content);
        Violation.unless(
                writer == null || writer.equals(content),
                ExactlyOnce.class,
                "%s was written by %s and by %s",
                version,
                writer,
                content);
        String result = results.putIfAbsent(content, version);
        Violation.unless(
                result == null || result.equals(version),
                ExactlyOnce.class,
                "write %s was told %s and %s",
                content,
                result,
                version);
        tally(file)[0]++;
    }

    /** Nobody knows what became of a write. */
    public void lostSightOf(String file) {
        tally(file)[1]++;
    }

    /** A file that is never deleted and written without conditions is at this generation, and nothing is under way. */
    public void counted(String file, long generation) {
        int[] tally = tally(file);
        Violation.unless(
                generation >= tally[0] && generation <= tally[0] + tally[1],
                ExactlyOnce.class,
                "%s is at generation %d after %d writes and %d of unknown outcome",
                file,
                generation,
                tally[0],
                tally[1]);
    }

    private int[] tally(String file) {
        return tallies.computeIfAbsent(file, key -> new int[2]);
    }
}
