package io.lockservice.server.storage.checkpoint;

import java.io.IOException;

/** A file is not the checkpoint it should be; the message says in which way, to follow the file's name. */
public final class DamagedCheckpoint extends IOException {
    private static final long serialVersionUID = 1;

    DamagedCheckpoint(String message) {
        super(message);
    }

    DamagedCheckpoint(String message, Throwable cause) {
        super(message, cause);
    }
}
