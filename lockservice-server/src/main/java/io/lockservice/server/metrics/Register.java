package io.lockservice.server.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;

/**
 * Adds what is read only when somebody looks.
 *
 * @param meters where it is added
 */
record Register(MeterRegistry meters) {
    static final String BOOLEAN = "boolean";
    static final String SECONDS = "seconds";
    private static final double NANOS_PER_SECOND = 1e9;

    /** What goes up and down; not a number where it is not known. */
    Meter gauge(String name, String unit, String description, DoubleSupplier value, String... tags) {
        return Gauge.builder(name, value::getAsDouble)
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(meters);
    }

    /** What only grows while the process lives. */
    Meter counter(String name, String unit, String description, DoubleSupplier value, String... tags) {
        // The object is held weakly by Micrometer; it is of no use here but must live as long as the meter.
        return FunctionCounter.builder(name, meters, unused -> value.getAsDouble())
                .baseUnit(unit)
                .description(description)
                .tags(tags)
                .register(meters);
    }

    /** 1 for yes, 0 for no. */
    static double number(boolean is) {
        return is ? 1 : 0;
    }

    /** Not a number where {@code nanos} says by being negative that there is none. */
    static double seconds(long nanos) {
        return nanos < 0 ? Double.NaN : nanos / NANOS_PER_SECOND;
    }
}
