package io.lockservice.server.driver;

/** The replica has stopped because its state is not that of the others: its data is evidence, and must not be used again. */
public final class ReplicaDistrusted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReplicaDistrusted(String reason) {
        super(reason
                + "; this replica stops, the others go on. Its data is kept to be looked at; start it again, and it sets that"
                + " aside and gets everything from the others.");
    }
}
