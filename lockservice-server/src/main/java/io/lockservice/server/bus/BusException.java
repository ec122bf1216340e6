package io.lockservice.server.bus;

/** A bus that cannot be opened. The message is one line for the operator: what failed and what to do. */
public final class BusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusException(String message, Throwable cause) {
        super(message, cause);
    }
}
