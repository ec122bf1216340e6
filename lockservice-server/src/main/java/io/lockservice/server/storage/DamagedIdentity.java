package io.lockservice.server.storage;

/** The identity of a data directory is not what was written: it is not certain whose data are in it. */
public final class DamagedIdentity extends DataDirectoryException {
    private static final long serialVersionUID = 1L;

    DamagedIdentity(String message) {
        super(message);
    }
}
