package io.lockservice.client.coordination;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.PercentText;
import io.lockservice.api.Reply;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Operation;
import io.lockservice.client.Problems;
import io.lockservice.client.Session;
import io.lockservice.client.lock.DistributedLock;
import io.lockservice.client.lock.HeldLock;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A fixed number of permits for all programs together. Whoever has one has a token of its own, and is told when it is lost, as
 * with a lock: for a permit <em>is</em> the lock of one of so many nodes below {@code name}. So there are never more, whatever
 * else goes wrong.
 *
 * <p>First come, first served: whoever wants one waits for the lock {@code name/queue}, which the cell grants in order, and takes
 * a permit while it holds that. A program that dies at the head of the queue holds up those behind it until its lease is over.
 *
 * <p>A session can have several permits. From any thread; futures complete as {@link io.lockservice.client.LockServiceClient}
 * says, and fail with a {@link LockServiceException}.
 */
public final class DistributedSemaphore {
    private static final int MAX_PERMITS = 1_000;

    private final Session session;
    private final DistributedLock locks;
    private final String name;
    private final int permits;
    private boolean sizeIsKnown;

    private DistributedSemaphore(Session session, String name, int permits) {
        this.session = session;
        this.locks = DistributedLock.of(session);
        this.name = name;
        this.permits = permits;
    }

    /**
     * The semaphore {@code name} for this session.
     *
     * @param name a directory that is made when it is used first, with everything that the semaphore keeps
     * @param permits 1 to 1,000, and the same number for all programs: it is kept in {@code name/permits}, and who says another
     *     fails with {@code permits-differ}
     */
    public static DistributedSemaphore of(Session session, String name, int permits) {
        if (permits < 1 || permits > MAX_PERMITS) {
            throw new IllegalArgumentException("permits is 1 to " + MAX_PERMITS + ", not " + permits);
        }
        return new DistributedSemaphore(session, name, permits);
    }

    /** Acquires a permit, waiting as {@code options} say. */
    public Future<HeldLock> acquire(PermitOptions options) {
        return request(options).held();
    }

    /**
     * Acquires a permit if one is free. Those who came before are served first, which can take up to 2 s.
     *
     * @return fails with {@link io.lockservice.client.LockHeldException}, which says who has the permits, where none is free
     */
    public Future<HeldLock> tryAcquire(PermitOptions options) {
        return acquire(options.waitAtMost(Duration.ZERO));
    }

    /** As {@link #acquire}, for callers that may change their mind: the request can be cancelled. */
    public PermitRequest request(PermitOptions options) {
        return new PermitRequest(this, options).begun();
    }

    /** Who has permits now. */
    public Future<List<Reply.Holder>> holders() {
        return slots().map(taken ->
                taken.stream().flatMap(each -> each.holders().stream()).toList());
    }

    /** How many permits nobody has now: old as soon as it is known. */
    public Future<Integer> availablePermits() {
        return holders().map(holders -> permits - holders.size());
    }

    /** The node. */
    public String name() {
        return name;
    }

    /** How many there are. */
    public int permits() {
        return permits;
    }

    /** A permit that somebody has. */
    record Slot(String name, List<Reply.Holder> holders) {}

    Future<List<Slot>> slots() {
        Operation listing = Operation.get("/v1/locks?prefix=" + PercentText.encode(name + "/slots"));
        return session.execute(listing).map(response -> {
            List<Slot> taken = new ArrayList<>();
            for (JsonNode lock : response.json().path("locks")) {
                List<Reply.Holder> holders = Problems.holders(lock.path("holders"));
                if (!holders.isEmpty()) {
                    taken.add(new Slot(lock.path("name").asText(), holders));
                }
            }
            return taken;
        });
    }

    String slot(int index) {
        return name + "/slots/" + index;
    }

    String queue() {
        return name + "/queue";
    }

    Session session() {
        return session;
    }

    DistributedLock locks() {
        return locks;
    }

    /** Whoever is first writes down how many permits there are, and everybody else has to mean the same. */
    Future<Void> checkSize() {
        if (sizeIsKnown) {
            return Future.succeededFuture();
        }
        String file = name + "/permits";
        return NodeCalls.read(session.client(), file).compose(found -> {
            if (found.isEmpty()) {
                return writeSize(file).compose(ignored -> checkSize());
            }
            String size = found.get().content().toString();
            if (!size.equals(Integer.toString(permits))) {
                return Future.failedFuture(new LockServiceException(
                        "permits-differ",
                        "'" + name + "' has " + size + " permits, not " + permits
                                + "; all programs must say the same number"));
            }
            sizeIsKnown = true;
            return Future.succeededFuture();
        });
    }

    private Future<Void> writeSize(String file) {
        Operation write = Operation.put(NodeCalls.file(file) + "?parents=true")
                .header("If-None-Match", "*")
                .withBody(Buffer.buffer(Integer.toString(permits)));
        return session.execute(write)
                .<Void>mapEmpty()
                .recover(failure -> Problems.isCode(failure, "generation-mismatch")
                        ? Future.succeededFuture()
                        : Future.failedFuture(failure));
    }
}
