package io.lockservice.api;

import java.util.Locale;

/** How a lock is held: by one session alone, or shared by several. */
public enum LockMode {
    /** One holder, a writer. */
    EXCLUSIVE,
    /** Any number of holders, readers. */
    SHARED;

    /** The name used in JSON and in sequencers: {@code exclusive} or {@code shared}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
