package io.lockservice.client.testkit;

/**
 * How a network is.
 *
 * @param silent nothing comes through
 * @param delayMs how much later everything comes through, in milliseconds
 */
record Conditions(boolean silent, long delayMs) {
    static final Conditions GOOD = new Conditions(false, 0);
}
