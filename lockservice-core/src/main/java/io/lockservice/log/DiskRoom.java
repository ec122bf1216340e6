package io.lockservice.log;

/** How much room the disk of a replica has; of two, the later has less. */
public enum DiskRoom {
    /** For all that is coming. */
    ENOUGH,

    /** Only what must go on is still written: the reserve is in use, or will be soon. */
    LOW,

    /** Not even that: the journal waits. */
    NONE
}
