package io.lockservice.sim.linearizability;

/** What can be asked of a file. */
public sealed interface FileCall {
    /** No condition on the content generation. */
    long ANY = -1;

    /** The condition that there is no such file. */
    long ABSENT = 0;

    /**
     * Write the whole content.
     *
     * @param content names the content; no two writes have the same
     * @param instance the instance that must be there, {@link #ANY} or {@link #ABSENT}
     * @param generation the content generation that must be there, where an instance must
     */
    record Write(long content, long instance, long generation) implements FileCall {}

    /** Delete; conditions as in {@link Write}. */
    record Delete(long instance, long generation) implements FileCall {}

    /** Read. */
    record Read() implements FileCall {}
}
