package io.lockservice.client.registry;

import io.lockservice.client.LockServiceException;

/** Another session has registered the instance. */
public final class InstanceTakenException extends LockServiceException {
    private static final long serialVersionUID = 1L;

    private final String owner;

    InstanceTakenException(String detail, String owner) {
        super("node-exists", detail);
        this.owner = owner;
    }

    /** The session whose registration it is; empty where the cell did not say. {@code lockctl sessions} shows its client. */
    public String owner() {
        return owner;
    }
}
