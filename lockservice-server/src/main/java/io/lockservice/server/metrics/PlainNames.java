package io.lockservice.server.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import org.jspecify.annotations.Nullable;

/**
 * Prometheus' names, in which ours leave out units that say what is counted: {@code lockservice_sessions}, not {@code
 * lockservice_sessions_sessions}. Those of the JVM stay as every dashboard knows them.
 */
final class PlainNames extends PrometheusNamingConvention {
    private static final String OURS = "lockservice.";

    @Override
    public String name(String name, Meter.Type type, @Nullable String baseUnit) {
        boolean measured = BaseUnits.BYTES.equals(baseUnit) || Register.SECONDS.equals(baseUnit);
        return super.name(name, type, measured || !name.startsWith(OURS) ? baseUnit : null);
    }
}
