package io.lockservice.client;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed without an answer, and the write may or may not have happened. A repeat with the same
 * {@link #idempotencyKey()} settles it.
 */
public final class OutcomeUnknownException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    private final String idempotencyKey;

    OutcomeUnknownException(String detail, String idempotencyKey, @Nullable Throwable cause) {
        super("outcome-unknown", detail, cause);
        this.idempotencyKey = idempotencyKey;
    }

    /** The key every attempt carried. */
    public String idempotencyKey() {
        return idempotencyKey;
    }

    @Override
    public boolean outcomeUnknown() {
        return true;
    }
}
