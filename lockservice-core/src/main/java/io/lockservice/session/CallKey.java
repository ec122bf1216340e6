package io.lockservice.session;

import io.lockservice.cell.repeat.Origin;

/** Names a call for ever: a repeat of the same call has the same key. */
record CallKey(int replicaId, long incarnation, long callId) {
    static CallKey of(Origin origin) {
        return new CallKey(origin.replicaId(), origin.incarnation(), origin.callId());
    }
}
