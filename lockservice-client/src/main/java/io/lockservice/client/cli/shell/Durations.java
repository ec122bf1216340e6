package io.lockservice.client.cli.shell;

import java.util.Locale;

/** Durations as people write and read them. */
public final class Durations {
    private static final double MS_PER_SECOND = 1_000;
    private static final long SECONDS_PER_MINUTE = 60;
    private static final long SECONDS_PER_HOUR = 3_600;
    private static final int WHOLE_SECONDS_FROM = 10;

    private Durations() {}

    /** {@code 0.4 s}, {@code 12 s}, {@code 3 min}, {@code 5 h}. */
    public static String text(long ms) {
        double seconds = ms / MS_PER_SECOND;
        if (seconds < WHOLE_SECONDS_FROM) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        if (seconds < 2 * SECONDS_PER_MINUTE) {
            return Math.round(seconds) + " s";
        }
        return seconds < 2 * SECONDS_PER_HOUR
                ? Math.round(seconds / SECONDS_PER_MINUTE) + " min"
                : Math.round(seconds / SECONDS_PER_HOUR) + " h";
    }

    /** The milliseconds of an option in seconds, within bounds. */
    public static long ms(String option, double seconds, double least, double most) {
        if (!(seconds >= least && seconds <= most)) {
            throw CommandFailure.usage(
                    option + " is " + trimmed(least) + " to " + trimmed(most) + " seconds, not " + trimmed(seconds));
        }
        return Math.round(seconds * MS_PER_SECOND);
    }

    private static String trimmed(double value) {
        return value == Math.rint(value) && !Double.isInfinite(value)
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
