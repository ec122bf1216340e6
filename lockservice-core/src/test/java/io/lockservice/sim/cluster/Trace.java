package io.lockservice.sim.cluster;

import java.util.Locale;
import java.util.function.Consumer;

/** Writes down what happens, when somebody wants to read it. */
public final class Trace {
    /** Writes nothing. */
    public static final Trace OFF = new Trace(line -> {}, false);

    private final Consumer<String> lines;
    private final boolean on;

    private Trace(Consumer<String> lines, boolean on) {
        this.lines = lines;
        this.on = on;
    }

    /** Gives each line to {@code lines}. */
    public static Trace to(Consumer<String> lines) {
        return new Trace(lines, true);
    }

    /** Whether to make up a line at all. */
    public boolean isOn() {
        return on;
    }

    /** Writes one line. */
    public void line(long nowNanos, String who, Object what) {
        if (on) {
            lines.accept(String.format(Locale.ROOT, "%12.3f %-4s %s", nowNanos / 1e6, who, what));
        }
    }
}
