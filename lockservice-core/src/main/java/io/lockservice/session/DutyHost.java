package io.lockservice.session;

import io.lockservice.api.ClientCall;
import io.lockservice.api.Reply;
import io.lockservice.api.Request;
import io.lockservice.cell.Command;
import io.lockservice.cell.repeat.Origin;

/** What the leader's duties ask of the replica around them. Called within a step only. */
public interface DutyHost {
    /** Puts a command into the log; false where too much is waiting. */
    boolean propose(Command command);

    /** Whether the disks of a majority have room for what makes the state larger. */
    boolean hasRoomToGrow();

    /** Answers a call, through the replica that the client asked. */
    void answer(Origin origin, Reply reply);

    /** Answers a read from this replica's state. */
    Reply read(ClientCall call);

    /** Carries out what is not the replicated state's, and answers it; now or later. */
    void administer(Origin origin, Request.Administer request);

    /** Whether this replica has been elected, though it may not propose yet. */
    boolean isElected();

    /** Whether nobody else can lead now. */
    boolean hasLease();

    /** Whether this replica is known to have led at or after that moment. */
    boolean ledAt(long sinceNanos);

    /** Asks a majority to confirm that this replica leads. */
    void confirm();
}
