package io.lockservice.server.storage.journal;

import java.util.Locale;

/**
 * The journal's files are not what this replica once made durable, and no crash explains it. The replica has forgotten
 * what it may have promised or accepted, so it must not take part with these files. They are left as they were found.
 */
public final class JournalCorruption extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final String WHAT_TO_DO =
            "The replica cannot know any more what it promised to its cell. In a cell of"
                    + " several replicas it sets the files aside, unchanged, and gets everything from the others; the only replica of"
                    + " a cell does not start: restore a backup. Do not bring back an older copy of the directory, and check the"
                    + " disk.";

    private JournalCorruption(String message) {
        super(message);
    }

    /** Damage found in {@code file} at byte {@code offset}; {@code finding} is a clause without a full stop. */
    static JournalCorruption at(String file, long offset, String finding) {
        return new JournalCorruption(String.format(
                Locale.ROOT, "Journal damaged: %s, offset %d: %s. %s", file, offset, finding, WHAT_TO_DO));
    }

    /** A file that has {@code foundBytes} and had at least {@code expectedBytes} before it was used. */
    static JournalCorruption shortened(String file, long foundBytes, long expectedBytes) {
        return new JournalCorruption(String.format(
                Locale.ROOT,
                "Journal damaged: %s has %d bytes where it must have %d: it had its full length before it was used, so it"
                        + " was cut off later, and records may be lost with its end. %s",
                file,
                foundBytes,
                expectedBytes,
                WHAT_TO_DO));
    }

    /** The log up to {@code slot} was dropped, as {@code file} says, and no sound checkpoint has it. */
    static JournalCorruption withoutCheckpoint(String file, long slot) {
        return new JournalCorruption(String.format(
                Locale.ROOT,
                "Journal incomplete: %s says that the log up to slot %d was dropped, since a checkpoint had it, and there is"
                        + " no sound checkpoint that has it any more. %s",
                file,
                slot,
                WHAT_TO_DO));
    }

    /** A file that should be there and is not; {@code finding} is a clause without a full stop. */
    static JournalCorruption missing(String file, String finding) {
        return new JournalCorruption(
                String.format(Locale.ROOT, "Journal incomplete: %s is missing: %s. %s", file, finding, WHAT_TO_DO));
    }
}
