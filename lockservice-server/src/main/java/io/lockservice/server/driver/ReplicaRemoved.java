package io.lockservice.server.driver;

/** The replica has stopped for good, because it is no longer in its cell. Nothing is broken. */
public final class ReplicaRemoved extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplicaRemoved(String reason) {
        super(reason
                + "; it stops. Take it off the hosts that start it; to bring it back, add it again and start it with"
                + " --join and an empty data directory.");
    }
}
