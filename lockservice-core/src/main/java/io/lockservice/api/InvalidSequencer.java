package io.lockservice.api;

/** Why a sequencer is not valid. */
public enum InvalidSequencer {
    /** Its holder released the lock, or an operator did. */
    RELEASED("released"),
    /** The lock has been granted anew since. */
    SUPERSEDED("superseded"),
    /** The holder's session ended. */
    SESSION_ENDED("session-ended"),
    /** The node is gone; also where the name exists anew. */
    NODE_DELETED("node-deleted");

    private final String label;

    InvalidSequencer(String label) {
        this.label = label;
    }

    /** The name used in JSON. */
    public String label() {
        return label;
    }
}
