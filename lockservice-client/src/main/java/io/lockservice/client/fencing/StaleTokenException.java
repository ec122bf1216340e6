package io.lockservice.client.fencing;

import io.lockservice.client.LockServiceException;

/**
 * The resource has seen a larger token: whoever sent this one has been replaced as the lock's holder. Nothing was done, and
 * trying again with the same token is in vain.
 */
public final class StaleTokenException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    private final String resource;
    private final long token;
    private final long largest;

    StaleTokenException(String resource, long token, long largest) {
        super(
                "sequencer-invalid",
                "nothing was done: token " + token + " came after token " + largest + " for " + resource
                        + "; its lock has been granted to another since");
        this.resource = resource;
        this.token = token;
        this.largest = largest;
    }

    /** What the guard was asked about. */
    public String resource() {
        return resource;
    }

    /** The token that was refused. */
    public long token() {
        return token;
    }

    /** The largest token that the resource has seen. */
    public long largest() {
        return largest;
    }
}
