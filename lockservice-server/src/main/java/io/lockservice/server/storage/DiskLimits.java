package io.lockservice.server.storage;

/**
 * When a disk is nearly full.
 *
 * @param lowBytes so much must be free, and as much as the newest checkpoint takes
 * @param reserveBytes length of the journal's reserve
 */
public record DiskLimits(long lowBytes, long reserveBytes) {}
