package io.lockservice.client;

import io.lockservice.client.transport.Response;
import org.jspecify.annotations.Nullable;

/** The cell refused a call, or the client could not get it done. */
public class LockServiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private transient @Nullable Response response;

    /** A failure with one of API.md's problem codes, and a sentence for people. */
    public LockServiceException(String code, String detail) {
        this(code, detail, null);
    }

    /** A failure with a cause. */
    public LockServiceException(String code, String detail, @Nullable Throwable cause) {
        super(code + ": " + detail, cause);
        this.code = code;
    }

    /** What kind: a problem code of the API such as {@code lock-held}, or one of the client's own. */
    public final String code() {
        return code;
    }

    /** What is wrong and what to do, in one sentence. */
    public final String detail() {
        String message = getMessage();
        return message == null ? "" : message.substring(code.length() + 2);
    }

    /** What the cell said, with whatever it tells beyond {@link #detail()}; null where it said nothing. */
    public final @Nullable Response response() {
        return response;
    }

    LockServiceException saidBy(Response answer) {
        response = answer;
        return this;
    }

    /** Whether the write may have happened all the same. False means that it certainly did not. */
    public boolean outcomeUnknown() {
        return false;
    }
}
