package io.lockservice.api;

import io.lockservice.api.event.Event;
import io.lockservice.api.event.EventPosition;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a client can ask. Names are valid and carry the real cell's name; numbers are within API bounds. */
public sealed interface Request {
    /** Answered from state, without the log. */
    sealed interface Read extends Request
            permits GetSession,
                    ListSessions,
                    GetLock,
                    ListLocks,
                    CheckSequencer,
                    ReadFile,
                    GetStat,
                    ListChildren,
                    ReadEvents,
                    GetAcl,
                    Cached,
                    GetCell {}

    /** Goes through the log. */
    sealed interface Write extends Request
            permits OpenSession,
                    CloseSession,
                    Acquire,
                    Release,
                    ForceRelease,
                    WriteFile,
                    Register,
                    MakeDirectory,
                    DeleteNode,
                    SetAcl,
                    OpenHandle,
                    CloseHandle,
                    Transaction {}

    /** About one node, so that it can be asked for through a handle. */
    interface OfNode {
        /** The node. */
        Name name();
    }

    /** About the cell itself: carried out by the leader, but not by the replicated state. */
    sealed interface Administer extends Request permits AddReplica, RemoveReplica, MoveLeader {}

    /**
     * Adds a replica, which learns until it has the whole log and then votes. Done where it is there already.
     *
     * @param id positive, of no other replica
     * @param host where the others and clients reach it
     * @param bus port of the bus
     * @param http port of the HTTP door
     */
    record AddReplica(int id, String host, int bus, int http) implements Administer {}

    /**
     * Removes a replica.
     *
     * @param id of the replica
     * @param force also where the cell may then be without a majority that is reachable
     */
    record RemoveReplica(int id, boolean force) implements Administer {}

    /** Moves leadership to a replica, 0 for the one that has come furthest. */
    record MoveLeader(int replica) implements Administer {}

    // Sessions

    /**
     * Opens a session.
     *
     * @param session its id, made unguessable by the door
     * @param client a name for people, may be empty
     * @param leaseMs lease in milliseconds
     * @param metadata anything the client wants to show to others, in the client's order
     * @param caches whether it may keep copies of what it reads, see {@link Cached}
     */
    record OpenSession(String session, String client, long leaseMs, Map<String, String> metadata, boolean caches)
            implements Write {
        /** The longest lease of a session that keeps copies, in milliseconds: so long a write may have to wait for it. */
        public static final long MAX_CACHING_LEASE_MS = 60_000;

        /** Opens a session that keeps no copies. */
        public OpenSession(String session, String client, long leaseMs, Map<String, String> metadata) {
            this(session, client, leaseMs, metadata, false);
        }
    }

    /**
     * Extends a session's lease. Answered by the leader from memory, once it is certain that it leads.
     *
     * @param session the session
     * @param waitMs how long the answer may wait for an event
     * @param ack the last event that the client has processed, 0 for none; {@link #NO_ACK} where it does not say
     */
    record KeepAlive(String session, long waitMs, long ack) implements Request {
        /** Nothing is said of events. */
        public static final long NO_ACK = -1;
    }

    /**
     * Ends a session.
     *
     * @param session the session
     * @param afterMs 0: now; else it ends then, and keep-alives no longer extend it
     */
    record CloseSession(String session, long afterMs) implements Write {}

    /** One session with what it holds. */
    record GetSession(String session) implements Read {}

    /** A page of sessions in the order of their ids; {@code after} is the last id of the page before, or empty. */
    record ListSessions(int limit, String after) implements Read {}

    // Locks

    /**
     * Acquires the lock of a node for the call's session.
     *
     * @param name the node
     * @param mode how
     * @param waitMs 0: try once; else how long to wait in the queue
     * @param keepPlace whether the place in the queue is kept when the wait ends
     * @param create what to do when there is no such node
     * @param note shown to others, may be empty
     * @param lockDelayMs for how long nobody gets the lock after the session expired holding it (Burrows, section 2.4)
     * @param reclaim the sequencer of a hold that ended so; null where there is none. The same client that proves it gets
     *     the lock before the delay is over
     */
    record Acquire(
            Name name,
            LockMode mode,
            long waitMs,
            boolean keepPlace,
            LockCreation create,
            String note,
            long lockDelayMs,
            @Nullable Sequencer reclaim)
            implements Write, OfNode {
        /** Without lock-delay, and reclaiming nothing. */
        public Acquire(Name name, LockMode mode, long waitMs, boolean keepPlace, LockCreation create, String note) {
            this(name, mode, waitMs, keepPlace, create, note, 0, null);
        }

        /** The same with another lock-delay. */
        public Acquire withLockDelayMs(long delayMs) {
            return new Acquire(name, mode, waitMs, keepPlace, create, note, delayMs, reclaim);
        }
    }

    /** Releases the lock that the call's session holds, or gives up its place in the queue. */
    record Release(Name name) implements Write, OfNode {}

    /** Releases a lock whoever holds it: an operator's right. The queue stays. */
    record ForceRelease(Name name) implements Write, OfNode {}

    /** One lock with holders and waiters. */
    record GetLock(Name name) implements Read, OfNode {}

    /** A page of held or waited-for locks at or below {@code prefix}, in name order; {@code after} a name or null. */
    record ListLocks(Name prefix, int limit, @Nullable Name after) implements Read {}

    /** Is this sequencer valid now? */
    record CheckSequencer(Sequencer sequencer) implements Read {}

    // Files and directories

    /**
     * Writes a file's whole content; makes the file where it does not exist.
     *
     * @param name the file
     * @param content its new content
     * @param condition what must hold
     * @param parents whether missing directories above it are made
     * @param ephemeral whether a new file goes with the call's session
     */
    record WriteFile(Name name, Content content, Condition condition, boolean parents, boolean ephemeral)
            implements Write, OfNode {}

    /**
     * Registers an instance of a service: an ephemeral file of the call's session, made with the directories above it, or
     * written anew where it is that session's already. One of another session of the same client is replaced.
     *
     * @param name the file
     * @param content where the instance is
     */
    record Register(Name name, Content content) implements Write, OfNode {}

    /** Makes a directory. */
    record MakeDirectory(Name name, boolean ephemeral, boolean parents) implements Write, OfNode {}

    /** Deletes a node, with {@code recursive} also all that is below it. */
    record DeleteNode(Name name, boolean recursive, Condition condition) implements Write, OfNode {}

    // Access control

    /** The names of a node's ACLs. */
    record GetAcl(Name name) implements Read, OfNode {}

    /**
     * Names the ACLs of a node (Burrows, section 2.3): {@code x} is the file {@code /ls/<cell>/acl/x}, one principal a line;
     * null allows everybody.
     *
     * @param name the node
     * @param read who may read it
     * @param write who may write it and acquire its lock, in either mode
     * @param change who may name other ACLs
     * @param aclGeneration the node must be at this one; null where any will do
     */
    record SetAcl(
            Name name,
            @Nullable String read,
            @Nullable String write,
            @Nullable String change,
            @Nullable Long aclGeneration)
            implements Write, OfNode {}

    // Handles

    /**
     * Opens a node for the call's session (Burrows, section 2.6).
     *
     * @param handle its id, made unguessable by the door; of the call's session
     * @param name the node
     * @param modes what it is opened for; permission is looked at now, and not again
     * @param events of the node and its children that the session is told with its keep-alives
     * @param create how the node is made where it does not exist; null where it has to exist
     * @param lockDelayMs of locks acquired through the handle that ask for none themselves
     */
    record OpenHandle(
            HandleId handle,
            Name name,
            List<HandleMode> modes,
            List<Event.Type> events,
            @Nullable Creation create,
            long lockDelayMs)
            implements Write {
        /** Keeps copies. */
        public OpenHandle {
            modes = List.copyOf(modes);
            events = List.copyOf(events);
        }

        /**
         * A node to be made.
         *
         * @param must whether it is refused where there is one
         * @param kind file or directory
         * @param ephemeral whether it goes with the session
         * @param content of a file
         */
        public record Creation(boolean must, NodeKind kind, boolean ephemeral, Content content) {}
    }

    /** Closes a handle; one that is closed already stays so. */
    record CloseHandle(HandleId handle) implements Write {}

    // Transactions

    /**
     * Looks whether all {@code guards} hold, and does all of {@code then} or all of {@code otherwise}: in one change, or
     * where one of the operations cannot be done, not at all.
     *
     * @param guards all have to hold; none hold always
     * @param then operations for when they do: {@link WriteFile}, {@link MakeDirectory}, {@link DeleteNode},
     *     {@link Acquire} without waiting, {@link Release}, {@link GetStat}
     * @param otherwise those for when they do not
     */
    record Transaction(List<Guard> guards, List<Request> then, List<Request> otherwise) implements Write {
        /** The most guards and operations, both branches counted. */
        public static final int MAX_PARTS = 128;

        /** Keeps copies. */
        public Transaction {
            guards = List.copyOf(guards);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        /** All operations, of both branches. */
        public Stream<Request> operations() {
            return Stream.concat(then.stream(), otherwise.stream());
        }
    }

    /** What can be asked of the state before a transaction is done. */
    sealed interface Guard {
        /** A node is there, or is not. */
        record Exists(Name name, boolean exists) implements Guard {}

        /** A node is there with these numbers; one that is null may be any. */
        record Version(
                Name name,
                @Nullable Long instance,
                @Nullable Long contentGeneration) implements Guard {}

        /** A sequencer is valid. */
        record Valid(Sequencer sequencer) implements Guard {}

        /** A session is alive. */
        record Alive(String session) implements Guard {}

        /** The cell is in this epoch: no other leader has begun since. */
        record Epoch(long epoch) implements Guard {}
    }

    /** A file's content and stat, taken at once. */
    record ReadFile(Name name) implements Read, OfNode {}

    /** A node's stat, with its content where {@code content} is set and it is a file. */
    record GetStat(Name name, boolean content) implements Read, OfNode {}

    /**
     * A read of which the call's session wants to keep a copy (Burrows, section 2.7). Answered with {@link Reply.Cached}: where
     * it may, it is told with {@link io.lockservice.api.event.SessionEvent.Invalidate} before what it has read changes.
     *
     * @param read one of {@link ReadFile}, {@link GetStat}, {@link ListChildren}
     */
    record Cached(Read read) implements Read {}

    /** A page of a directory's children in name order; {@code after} the last component of the page before, or empty. */
    record ListChildren(Name name, int limit, String after) implements Read, OfNode {}

    /**
     * Events of a node and its children, from the state of the replica that is asked.
     *
     * @param name the node, which need not exist
     * @param recursive also of all that is below; on the cell's root also {@link Event.Type#SESSION_EXPIRED}
     * @param after where to begin; null for now
     * @param limit about so many; a revision is never split
     */
    record ReadEvents(
            Name name, boolean recursive, @Nullable EventPosition after, int limit) implements Read {
        /** Whether such events are wanted. */
        public boolean wants(Event event) {
            String path = event.name();
            if (path == null) {
                return recursive && name.parent() == null;
            }
            Name at = new Name(path);
            return at.equals(name) || (recursive ? name.isAbove(at) : name.equals(at.parent()));
        }
    }

    /** The cell: its replicas and sizes. */
    record GetCell() implements Read {}
}
