package io.lockservice.client.cli.cell;

import java.util.Locale;

/** What each client of a measurement does over and over. */
enum Workload {
    /** Acquires its own lock and releases it. */
    LOCK_CYCLE,
    /** Writes its own file. */
    WRITE,
    /** Reads its own file, linearizably. */
    READ;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
