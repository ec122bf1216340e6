package io.lockservice.api;

import org.jspecify.annotations.Nullable;

/**
 * What must be true of a node for a write to happen: compare-and-swap.
 *
 * @param match the node must exist with one of these; null where there was no such condition
 * @param mustBeAbsent the node must not exist
 * @param mustExist the node must exist, whatever its numbers ({@code If-Match: *})
 */
public record Condition(java.util.@Nullable List<Version> match, boolean mustBeAbsent, boolean mustExist) {
    /** Nothing is required. */
    public static final Condition NONE = new Condition(null, false, false);

    /** An entity tag's two numbers. */
    public record Version(long instance, long contentGeneration) {}
}
