package io.lockservice.sim.linearizability;

/** What a file answers. */
public sealed interface FileAnswer {
    /** Written; the file is now at these numbers. */
    record Written(long instance, long generation, boolean created) implements FileAnswer {}

    /** Deleted. */
    record Deleted() implements FileAnswer {}

    /** The content, and the numbers it is at. */
    record Found(long content, long instance, long generation) implements FileAnswer {}

    /** There is no such file. */
    record Missing() implements FileAnswer {}

    /** The condition does not hold; the file is at these numbers, 0 where there is none. */
    record Mismatch(long instance, long generation) implements FileAnswer {}
}
