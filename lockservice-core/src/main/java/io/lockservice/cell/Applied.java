package io.lockservice.cell;

import io.lockservice.api.Grant;
import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.Reply;
import io.lockservice.api.event.Event;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What applying one command did.
 *
 * @param reply for the client, null where no client asked
 * @param epochStarted the new epoch, where the command was {@link Command.StartEpoch}, else 0
 * @param grants locks granted, to the caller or to waiters, in order
 * @param opened the session this command opened, or null
 * @param closing a session that ends later ({@code afterMs}), or null
 * @param ended sessions this command ended
 * @param withdrawn places in queues that were given up or lost, in order
 * @param delays lock-delays that begin
 * @param events what changed, in order
 * @param told sessions for which there is something new in their inboxes
 */
public record Applied(
        @Nullable Reply reply,
        long epochStarted,
        List<Grant> grants,
        @Nullable String opened,
        @Nullable Closing closing,
        List<String> ended,
        List<Place> withdrawn,
        List<Delay> delays,
        List<Event> events,
        Set<String> told) {
    /** The same, by which {@code sessions} have been told something. */
    Applied telling(Set<String> sessions) {
        return sessions.isEmpty()
                ? this
                : new Applied(reply, epochStarted, grants, opened, closing, ended, withdrawn, delays, events, sessions);
    }

    /** A lock that nobody gets for {@code delayMs} from now on; {@code token} is that of the hold that ended. */
    public record Delay(Name name, long token, long delayMs) {}

    /** A session that will end {@code afterMs} from now. */
    public record Closing(String session, long afterMs) {}

    /**
     * A place in a lock's queue that is gone.
     *
     * @param name the lock's node
     * @param session who waited
     * @param ticket names the place for ever
     * @param problem what a call that still waits is told: given up or timed out, node deleted, session over
     */
    public record Place(String name, String session, long ticket, Problem problem) {}
}
