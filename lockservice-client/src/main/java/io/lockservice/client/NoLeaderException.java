package io.lockservice.client;

import org.jspecify.annotations.Nullable;

/**
 * The deadline passed and nothing was done: no replica could be reached ({@code unreachable}), or those that could had no
 * leader or no room. Trying again later is safe.
 */
public final class NoLeaderException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    NoLeaderException(String code, String detail, @Nullable Throwable cause) {
        super(code, detail, cause);
    }
}
