package io.lockservice.gateway;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.cell.repeat.Origin;

/** What the gateway asks of the replica around it. Called within a step only. */
public interface GatewayHost {
    /** The replica taken for the leader, 0 for none. */
    int leader();

    /** Tells one leadership of that replica from another; grows. */
    long leaderSequence();

    /** Hands a call to this replica's own leader duties. */
    void handleHere(Origin origin, ClientCall call, long waitLeftMs);

    /** Sends a call to the leader, for that leadership alone. */
    void forward(int leader, long sequence, Origin origin, ClientCall call, long waitLeftMs);

    /** Tells the leader that nobody waits for the answer to that keep-alive any more. */
    void gone(int leader, long callId);

    /** Answers this replica's client. */
    void respond(long callId, Reply reply);
}
