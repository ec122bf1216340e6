package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who of a group of programs is alive: each member is an ephemeral file in one directory, and so gone with its session, at the
 * latest a second after its lease.
 *
 * <p>From any thread; futures complete as {@link LockServiceClient} says, and fail with a {@link LockServiceException}.
 */
public final class GroupMembership {
    private final LockServiceClient client;
    private final String directory;

    private GroupMembership(LockServiceClient client, String directory) {
        this.client = client;
        this.directory = directory;
    }

    /** The group whose members are in {@code directory}, which is made when the first one joins. */
    public static GroupMembership of(LockServiceClient client, String directory) {
        return new GroupMembership(client, directory);
    }

    /**
     * Joins, for as long as the session lives.
     *
     * @param id what this member is called: a component of a name, unique in the group
     * @param data what it tells of itself, an address for instance; at most 256 KiB
     * @return fails with {@code member-exists} where there is one with this id; one whose program died is there until its lease is
     *     over
     */
    public Future<Membership> join(Session session, String id, Buffer data) {
        Operation creation = Operation.put(NodeCalls.file(file(id)) + "?parents=true&ephemeral=true")
                .header("If-None-Match", "*")
                .withBody(data);
        return session.client()
                .loop()
                .call(() -> NodeCalls.settled(session::execute, creation, () -> false)
                        .map(response -> new Membership(session, file(id), NodeCalls.parsed(response.json())).watched())
                        .recover(failure -> Future.failedFuture(
                                Problems.isCode(failure, "generation-mismatch") ? exists(id) : failure)));
    }

    /**
     * Joins with sessions of its own, again and again until it is closed: where a session is lost the listener is told, and what
     * follows is another membership, with another token.
     */
    public StandingMembership keepJoined(
            String id, Buffer data, SessionOptions options, StandingMembership.Listener listener) {
        file(id);
        return new StandingMembership(this, client, id, data, options, listener).begun();
    }

    /** Who is in the group now. One that joins or leaves meanwhile may be missing. */
    public Future<List<Member>> members() {
        return NodeCalls.children(client, directory).compose(nodes -> {
            List<Future<Optional<Member>>> reads =
                    nodes.stream().map(node -> member(node.component())).toList();
            return Future.all(reads).map(ignored -> {
                List<Member> members = new ArrayList<>();
                reads.forEach(read -> read.result().ifPresent(members::add));
                return members;
            });
        });
    }

    /**
     * Tells {@code listener} who is in the group and what changes, without a gap and in order, until it is closed: over changes of
     * leader, and while there is none. A member that left before it could be read is not told of at all.
     */
    public MemberWatch watch(MemberListener listener) {
        return new MemberWatch(this, client, listener).begun();
    }

    /** The directory. */
    public String directory() {
        return directory;
    }

    /** The member with this id now. */
    Future<Optional<Member>> member(String id) {
        return read(id).map(found -> found.map(GroupMembership::memberOf));
    }

    Future<Optional<NodeCalls.Node>> read(String id) {
        return NodeCalls.read(client, file(id))
                .map(found -> found.filter(node -> !node.owner().isEmpty()));
    }

    static Member memberOf(NodeCalls.Node node) {
        return new Member(node.component(), node.content(), node.instance());
    }

    private String file(String id) {
        if (id.isEmpty() || id.indexOf('/') >= 0) {
            throw new IllegalArgumentException("an id is one component of a name, not '" + id + "'");
        }
        return directory + "/" + id;
    }

    private LockServiceException exists(String id) {
        return new LockServiceException(
                "member-exists",
                "'" + directory + "' has a member '" + id + "'; take another id, or wait until its session is over");
    }
}
