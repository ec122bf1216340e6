package io.lockservice.api;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import io.lockservice.api.event.SessionEvent;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client is told. */
public sealed interface Reply {
    /** Done; nothing to say. */
    record Done() implements Reply {}

    /** Refused or failed. */
    record Failed(Problem problem) implements Reply {}

    /** A new session; its whole lease is left. */
    record SessionOpened(String session, String client, long leaseMs, long remainingMs) implements Reply {}

    /**
     * The lease goes on; {@code events} are those that the session has not yet said to have taken in, or the first of them.
     * {@code remainingMs} is what a client may count on from the sending: less than {@code leaseMs} where the lease was not
     * renewed, for the session is closing or late in acknowledging.
     */
    record KeptAlive(long leaseMs, long remainingMs, List<SessionEvent> events) implements Reply {}

    /** A session as others see it. {@code remainingMs} is -1 where the answering replica does not know it. */
    record SessionSummary(
            String session, String client, long leaseMs, long remainingMs, Map<String, String> metadata) {}

    /** One session with what it holds: the names it waits for, the ephemeral nodes it owns, and what it has open. */
    record SessionDetail(
            SessionSummary session,
            List<Grant> locks,
            List<String> waiting,
            List<String> ephemerals,
            List<HandleState> handles)
            implements Reply {}

    /** An open handle; {@code instance} is that of the node which was opened. */
    record HandleState(HandleId handle, String name, long instance, List<HandleMode> modes, List<Event.Type> events) {}

    /** A handle is open; {@code created} where its node was made for it. */
    record HandleOpened(HandleId handle, boolean created, Stat stat) implements Reply {}

    /** A page of sessions; {@code next} is null at the end. */
    record SessionPage(
            List<SessionSummary> sessions, @Nullable String next) implements Reply {}

    /** The lock is held. {@code leaseRemainingMs} is the session's, -1 where the answering replica does not know it. */
    record Granted(Grant grant, long leaseRemainingMs) implements Reply {}

    /** Waiting in the queue; {@code position} counts from 1. */
    record Queued(int position) implements Reply {}

    /** The session's hold, or with {@code withdrawn} its place in the queue, is given up. */
    record Released(boolean withdrawn) implements Reply {}

    /** These held the lock and no longer do. */
    record ForceReleased(List<Holder> holders) implements Reply {}

    /** Who holds a lock; {@code heldMs} is -1 where unknown. */
    record Holder(String session, String client, LockMode mode, long token, long heldMs, String note) {}

    /** Who waits for a lock; {@code waitedMs} is -1 where unknown. */
    record Waiter(String session, String client, LockMode mode, long waitedMs) {}

    /**
     * A lock's state; {@code mode} is null where it is free. {@code delayRemainingMs} is how long nobody gets it because
     * of a holder that expired: 0 where that is not so, -1 where the answering replica does not know it.
     */
    record LockState(
            String name,
            @Nullable LockMode mode,
            long lockGeneration,
            List<Holder> holders,
            List<Waiter> waiters,
            long delayRemainingMs)
            implements Reply {
        /** A lock without a delay. */
        public LockState(
                String name, @Nullable LockMode mode, long lockGeneration, List<Holder> holders, List<Waiter> waiters) {
            this(name, mode, lockGeneration, holders, waiters, 0);
        }
    }

    /** A page of locks; {@code next} is null at the end. */
    record LockPage(List<LockState> locks, @Nullable String next) implements Reply {}

    /** Whether a sequencer is valid; {@code reason} is null where it is. */
    record SequencerState(Sequencer sequencer, @Nullable InvalidSequencer reason) implements Reply {}

    /** A file written; {@code created} where it did not exist. Also a directory made. */
    record Written(Stat stat, boolean created) implements Reply {}

    /** A stat, with the content where it was asked for and the node is a file. */
    record Node(Stat stat, @Nullable Content content) implements Reply {}

    /** What came of the read; {@code cacheable} where the session may keep a copy until it is told otherwise. */
    record Cached(Reply reply, boolean cacheable) implements Reply {}

    /** A page of a directory's children; {@code next} is null at the end. */
    record Children(
            Stat stat, List<Stat> children, @Nullable String next) implements Reply {}

    /** The names of a node's ACLs, null for everybody. */
    record Acl(
            @Nullable String read,
            @Nullable String write,
            @Nullable String change,
            long aclGeneration) implements Reply {}

    /**
     * A transaction was done.
     *
     * @param succeeded whether its guards held
     * @param results what each operation of that branch gave, in order
     */
    record Transacted(boolean succeeded, List<Reply> results) implements Reply {}

    /**
     * Events, in order.
     *
     * @param events those that were asked for
     * @param end to go on from
     * @param complete whether the answering replica knows of nothing behind {@code end}
     */
    record EventPage(List<Event> events, EventPosition end, boolean complete) implements Reply {}

    /**
     * The cell.
     *
     * @param replicas its members
     * @param faultTolerance how many more may be lost, {@link #UNKNOWN_TOLERANCE} where only the leader can tell
     * @param sessions living sessions
     * @param nodes files and directories, the root included
     * @param locks held or waited for
     */
    record CellState(List<ReplicaState> replicas, int faultTolerance, int sessions, int nodes, int locks)
            implements Reply {
        /** What a replica says that does not lead: it does not hear from the others. */
        public static final int UNKNOWN_TOLERANCE = -1;
    }

    /**
     * A replica as the answering one sees it.
     *
     * @param id the replica
     * @param host where clients and the others reach it
     * @param http port of its HTTP door
     * @param incarnation of the data with which it is in the cell; another one after it lost its data, 0 before it was met
     * @param role leader, follower or learner
     * @param reachable heard from lately; a follower can only tell of itself and of the leader
     * @param chosenSlot its chosen prefix, -1 where unknown
     * @param appliedSlot its applied prefix, -1 where unknown
     * @param lagSlots how far it is behind the answering replica, -1 where unknown
     * @param lastHeardMs how long ago it was heard from, 0 for itself, -1 for never
     */
    record ReplicaState(
            int id,
            String host,
            int http,
            long incarnation,
            String role,
            boolean reachable,
            long chosenSlot,
            long appliedSlot,
            long lagSlots,
            long lastHeardMs) {}
}
