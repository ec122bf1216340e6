package io.lockservice.server.storage.journal;

import java.io.IOException;

/** The disk is too full to prepare a file. Nothing of value was in it: this may be tried again. */
final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    NoRoomException(String what, IOException cause) {
        super(what, cause);
    }

    NoRoomException(String what) {
        super(what);
    }
}
