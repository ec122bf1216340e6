package io.lockservice.client.transport;

/** The call never reached the replica: nothing can have been done, and it may safely go elsewhere. */
public final class NotSentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: with a dead cell these come often, and the cause says what there is to say. */
    public NotSentException(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
