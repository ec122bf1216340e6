package io.lockservice.client.coordination;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Programs that begin together and end together: the first of them wait until so many are there, and who has finished waits until
 * all have. Then it can be used again.
 *
 * <p>Who waits is an ephemeral node in {@code name/in}, so a program that dies while it waits does not count. That enough are
 * there is decided in the cell in one step, by {@code name/round}, which lists who is in: all of these go on, even if one dies in
 * that moment, and nobody else. Who comes later, or is one too many, waits for the next round.
 *
 * <p>From any thread; futures complete as {@link LockServiceClient} says, and fail with a {@link LockServiceException}.
 */
public final class DistributedDoubleBarrier {
    private static final int MAX_MEMBERS = 100;

    private final Session session;
    private final LockServiceClient client;
    private final String name;
    private final int members;

    private DistributedDoubleBarrier(Session session, String name, int members) {
        this.session = session;
        this.client = session.client();
        this.name = name;
        this.members = members;
    }

    /**
     * The barrier {@code name}.
     *
     * @param name a directory that is made when it is used first
     * @param members how many begin together, 1 to 100; the same number for all programs
     */
    public static DistributedDoubleBarrier of(Session session, String name, int members) {
        if (members < 1 || members > MAX_MEMBERS) {
            throw new IllegalArgumentException("members is 1 to " + MAX_MEMBERS + ", not " + members);
        }
        return new DistributedDoubleBarrier(session, name, members);
    }

    /** Waits until as many have entered as belong to a round. A session can enter several times. */
    public Waiting<Pass> enter() {
        return Waiting.in(session, name, "entering " + name, new Entering());
    }

    /** The directory. */
    public String name() {
        return name;
    }

    /** Waits until nobody is in the round any more whom it listed. */
    Waiting<Void> left(Pass pass) {
        return Waiting.in(session, name, "leaving " + name, new Leaving(pass));
    }

    private String round() {
        return name + "/round";
    }

    private String inside() {
        return name + "/in";
    }

    private String member(String id) {
        return inside() + "/" + id;
    }

    /** A round: whom it lists, a line each. */
    private record Round(long instance, List<String> ids) {
        Round(NodeCalls.Node node) {
            this(node.instance(), List.of(node.content().toString().split("\n")));
        }
    }

    /** The round that is on. */
    private Future<Optional<Round>> current() {
        return NodeCalls.read(client, round()).map(found -> found.map(Round::new));
    }

    /** In the order in which they came. */
    private Future<List<NodeCalls.Node>> present() {
        return NodeCalls.children(client, inside())
                .map(nodes -> nodes.stream()
                        .sorted(Comparator.comparingLong(NodeCalls.Node::instance))
                        .toList());
    }

    /** Whoever finds nobody in it whom it listed ends a round; not a later one. */
    private Future<Boolean> endIfLeft(Round round) {
        return present().compose(present -> {
            boolean isOver = present.stream().noneMatch(each -> round.ids().contains(each.component()));
            if (!isOver) {
                return Future.succeededFuture(false);
            }
            JsonArray guards = new JsonArray().add(NodeCalls.guard(round(), round.instance()));
            JsonArray then = new JsonArray().add(operation("delete", round()));
            return NodeCalls.transact(client, guards, then).map(true);
        });
    }

    private static JsonObject operation(String kind, String name) {
        return new JsonObject().put("op", kind).put("name", name);
    }

    private final class Entering implements Waiting.Condition<Pass> {
        private final String id = UUID.randomUUID().toString();
        private final String key = client.newIdempotencyKey();
        private boolean hasAsked;
        private boolean isIn;
        private @Nullable Pass pass;

        @Override
        public Future<Boolean> look() {
            return comeIn().compose(ignored -> seen());
        }

        @Override
        public @Nullable Pass result() {
            return pass;
        }

        /** However often it is asked, it is one operation: so none of it can be late, and leave a member that nobody is. */
        private Future<Void> comeIn() {
            if (isIn) {
                return Future.succeededFuture();
            }
            hasAsked = true;
            Operation file = Operation.put(NodeCalls.file(member(id)) + "?parents=true&ephemeral=true");
            return session.execute(file.idempotencyKey(key))
                    .onSuccess(ignored -> isIn = true)
                    .mapEmpty();
        }

        private Future<Boolean> seen() {
            return current().compose(found -> {
                if (found.isEmpty()) {
                    return begin();
                }
                Round round = found.get();
                return round.ids().contains(id)
                        ? pass(round)
                        : endIfLeft(round).compose(ended -> ended ? seen() : Future.succeededFuture(false));
            });
        }

        /** Only if all that are counted are still there in the moment in which it begins. */
        private Future<Boolean> begin() {
            return present().compose(present -> {
                if (present.stream().noneMatch(each -> each.component().equals(id))) {
                    return Future.failedFuture(deleted());
                }
                if (present.size() < members) {
                    return Future.succeededFuture(false);
                }
                JsonArray guards = new JsonArray().add(NodeCalls.guard(round(), false));
                List<String> ids = new ArrayList<>();
                for (NodeCalls.Node each : present.subList(0, members)) {
                    guards.add(NodeCalls.guard(each.name(), each.instance()));
                    ids.add(each.component());
                }
                JsonObject file = operation("write", round()).put("content", String.join("\n", ids));
                // Done, or another one was first, or somebody left meanwhile: look again.
                return NodeCalls.transact(client, guards, new JsonArray().add(file))
                        .compose(ignored -> seen());
            });
        }

        private Future<Boolean> pass(Round round) {
            return NodeCalls.read(client, member(id)).compose(own -> {
                if (own.isEmpty()) {
                    return Future.failedFuture(deleted());
                }
                pass = new Pass(DistributedDoubleBarrier.this, session, id, round.instance());
                return Future.succeededFuture(true);
            });
        }

        private LockServiceException deleted() {
            return new LockServiceException("membership-lost", "the node " + member(id) + " was deleted by others");
        }

        @Override
        public Future<Void> undo() {
            return hasAsked ? undone() : Future.succeededFuture();
        }

        private Future<Void> undone() {
            return comeIn().compose(ignored -> NodeCalls.deleteAtLast(session, member(id)))
                    .recover(failure -> Problems.isDefinite(failure) ? Future.failedFuture(failure) : undone());
        }
    }

    private final class Leaving implements Waiting.Condition<Void> {
        private final Pass pass;
        private boolean isOut;

        Leaving(Pass pass) {
            this.pass = pass;
        }

        @Override
        public Future<Boolean> look() {
            return (isOut ? Future.<Void>succeededFuture() : NodeCalls.deleteAtLast(session, member(pass.id())))
                    .compose(ignored -> {
                        isOut = true;
                        return current();
                    })
                    .compose(round -> round.isEmpty() || round.get().instance() != pass.round()
                            ? Future.succeededFuture(true)
                            : endIfLeft(round.get()));
        }
    }
}
