package io.lockservice.server.backup;

/**
 * How the backups of a cell are going, as a replica that leads it knows.
 *
 * @param lastSuccessUnixMs when the newest backup there is was taken, milliseconds since 1970; 0 where none is known
 * @param failures how many attempts have failed since
 * @param problem what was wrong with the last one that failed; empty where none has failed since
 */
public record BackupStatus(long lastSuccessUnixMs, int failures, String problem) {
    /** Nothing is known. */
    public static final BackupStatus NONE = new BackupStatus(0, 0, "");

    BackupStatus succeeded(long unixMs) {
        return new BackupStatus(unixMs, 0, "");
    }

    BackupStatus failed(String reason) {
        return new BackupStatus(lastSuccessUnixMs, failures + 1, reason);
    }

    /** The newest there is was taken at that time; what failed since has still failed. */
    BackupStatus found(long unixMs) {
        return new BackupStatus(unixMs, failures, problem);
    }
}
