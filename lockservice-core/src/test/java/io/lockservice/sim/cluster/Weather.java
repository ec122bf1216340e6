package io.lockservice.sim.cluster;

/**
 * How bad the network is.
 *
 * @param lossChance a message is lost, 0 to 1
 * @param repeatChance a message arrives twice, 0 to 1
 * @param delayNanos the usual delay: between half and one and a half of this
 * @param lateChance a message is late, 0 to 1
 * @param lateNanos up to how late
 */
public record Weather(double lossChance, double repeatChance, long delayNanos, double lateChance, long lateNanos) {
    /** Half a millisecond, and everything arrives once. */
    public static final Weather CALM = new Weather(0, 0, 500_000, 0, 0);
}
