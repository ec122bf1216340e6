package io.lockservice.client.fake;

import io.lockservice.client.transport.Address;
import io.lockservice.client.transport.Call;
import io.lockservice.client.transport.Lane;
import io.lockservice.client.transport.NotSentException;
import io.lockservice.client.transport.Response;
import io.lockservice.client.transport.Transport;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A plain model of a cell behind the transport: sessions with leases, locks with queues, outcomes kept by idempotency key.
 * Whether calls arrive and answers come back is decided for each replica.
 */
public final class FakeCell implements Transport {
    private final VirtualTime.Machine time;
    private final Map<Address, FakeReplica> replicas = new HashMap<>();
    private final Map<Lane, FakeReplica> lanes = new EnumMap<>(Lane.class);
    private final Map<String, Response> outcomes = new HashMap<>();
    private final Map<String, FakeSession> sessions = new HashMap<>();
    private final FakeLocks locks = new FakeLocks();
    private final FakeContents contents = new FakeContents();
    private final FakeFiles files = new FakeFiles(new SessionsOfFiles());
    private final FakeServices services;
    private final List<Call> calls = new ArrayList<>();
    private long latencyMs = 1;
    private boolean waits = true;
    private boolean repeats;
    private long grantedMs;
    private long leftMs = Long.MAX_VALUE;
    private long epoch = 1;
    private boolean compacted;
    private @Nullable String leaderUrl;

    /** A cell on this clock. */
    public FakeCell(VirtualTime time) {
        this.time = time.machine();
        this.services = new FakeServices(this.time, this::client);
    }

    /** Sets how a replica behaves from now on; the default is {@link FakeReplica#UP}. */
    public void replica(String url, FakeReplica behaviour) {
        replicas.put(Address.parse(url), behaviour);
    }

    /** Sets how all replicas treat what comes on one lane, whatever they do else. */
    public void lane(Lane lane, FakeReplica behaviour) {
        lanes.put(lane, behaviour);
    }

    /** Sets who the cell says leads, in a new epoch. */
    public void leader(String url) {
        leaderUrl = url;
        epoch++;
    }

    /** Sets how long an answer takes. */
    public void latencyMs(long value) {
        latencyMs = value;
    }

    /** Everything sent so far, also what got no answer. */
    public List<Call> calls() {
        return calls;
    }

    /** What was sent with this method to paths that start so. */
    public List<Call> calls(HttpMethod method, String path) {
        return calls.stream()
                .filter(call -> call.method().equals(method) && call.path().startsWith(path))
                .toList();
    }

    /** How often a write was really done. */
    public int done(String what) {
        return locks.done(what);
    }

    /** Ends every session, as after a restore. */
    public void endAllSessions() {
        List.copyOf(sessions.keySet()).forEach(this::endSession);
    }

    /** Releases a lock whoever holds it, and tells the holder with its next keep-alive. */
    public void forceRelease(String name) {
        String holder = locks.holder(name);
        FakeSession session = holder == null ? null : sessions.get(holder);
        if (session != null) {
            locks.release(name, session.id);
            session.event("lock-lost", name);
        }
    }

    /** Forgets events: who asks next where it had stopped is told that it has missed some. */
    public void compactEvents() {
        compacted = true;
    }

    /** Whether keep-alives wait where they ask for it; the default is true. */
    public void keepAlivesWait(boolean value) {
        waits = value;
    }

    /** Tells all events again with each keep-alive, acknowledged or not, and never waits. */
    public void repeatEvents() {
        repeats = true;
    }

    /** Grants leases of this length where it is longer than what was asked for, as an overloaded cell does. */
    public void grantLeaseMs(long value) {
        grantedMs = value;
    }

    /** Says of every lease that no more than this is left of it, as of a session that is closing. */
    public void leaveMs(long value) {
        leftMs = value;
    }

    /** Serves files, directories and handles from now on; else writes to them are counted and nothing more. */
    public FakeFiles serveFiles() {
        files.serve();
        return files;
    }

    /** The name registry. */
    public FakeServices services() {
        return services;
    }

    /** Tells a session something with its keep-alive. */
    public void tell(String session, String type, String name) {
        FakeSession told = sessions.get(session);
        if (told != null) {
            told.event(type, name);
        }
    }

    /** The session that holds {@code name}, null where nobody does. */
    public @Nullable String holder(String name) {
        return locks.holder(name);
    }

    /** The sessions that wait for {@code name}, in order. */
    public List<String> waiters(String name) {
        return locks.waiters(name);
    }

    @Override
    public Future<Response> send(Call call) {
        calls.add(call);
        Promise<Response> promise = Promise.promise();
        switch (behaviour(call)) {
            case UP -> time.after(latencyMs, () -> handle(call, response -> deliver(call, response, promise)));
            case REFUSING ->
                time.after(0, () -> promise.tryFail(new NotSentException("refused", new ConnectException("refused"))));
            case SILENT -> {}
            case DEAF -> time.after(latencyMs, () -> handle(call, lost -> {}));
            case LEADERLESS -> time.after(latencyMs, () -> promise.tryComplete(problem(503, "no-leader")));
            case FULL -> time.after(latencyMs, () -> promise.tryComplete(problem(507, "storage-full")));
            case OVERLOADED ->
                time.after(latencyMs, () -> {
                    Response response = problem(503, "overloaded");
                    response.headers().set("Retry-After", "1");
                    promise.tryComplete(response);
                });
        }
        return promise.future();
    }

    @Override
    public Future<Void> close() {
        return Future.succeededFuture();
    }

    private FakeReplica behaviour(Call call) {
        return lanes.getOrDefault(call.lane(), replicas.getOrDefault(call.address(), FakeReplica.UP));
    }

    /** An answer that took time comes from a replica as it is by then. */
    private void deliver(Call call, Response response, Promise<Response> promise) {
        switch (behaviour(call)) {
            case SILENT, DEAF -> {}
            case REFUSING -> promise.tryFail(new ConnectException("reset"));
            default -> promise.tryComplete(response);
        }
    }

    private void handle(Call call, Consumer<Response> answer) {
        String key = call.headers().get("Idempotency-Key");
        Response first = key == null ? null : outcomes.get(key);
        if (first != null) {
            answer.accept(first);
            return;
        }
        route(call, response -> {
            if (key != null && response.status() != 202) {
                outcomes.put(key, response);
            }
            answer.accept(response);
        });
    }

    private void route(Call call, Consumer<Response> answer) {
        String path = call.path();
        if (path.equals("/v1/sessions")) {
            answer.accept(open(body(call)));
        } else if (path.endsWith("/keepalive")) {
            keepAlive(path.split("/", -1)[3], body(call), answer);
        } else if (path.startsWith("/v1/sessions/")) {
            endSession(path.split("/", -1)[3]);
            answer.accept(response(204, new JsonObject()));
        } else if (path.equals("/v1/sequencers/check")) {
            boolean valid = locks.isValid(body(call).getString("sequencer"));
            answer.accept(response(200, new JsonObject().put("valid", valid)));
        } else if (path.equals("/v1/cell")) {
            answer.accept(response(200, new JsonObject().put("leader", new JsonObject().put("url", leaderUrl))));
        } else if (path.startsWith("/v1/locks?prefix=")) {
            answer.accept(response(200, locks.below(path.substring("/v1/locks?prefix=".length()))));
        } else if (path.startsWith("/v1/locks")) {
            lock(call, path.substring("/v1/locks".length()).split("\\?", 2)[0], answer);
        } else if (path.startsWith("/v1/events")) {
            if (path.contains("since=") && compacted) {
                compacted = false;
                answer.accept(problem(410, "compacted"));
                return;
            }
            // Nothing is told: a recipe that waits here looks again when the poll is over.
            long waitMs = Long.parseLong(path.replaceAll(".*waitMs=(\\d+).*", "$1"));
            JsonObject nothing = new JsonObject().put("events", new JsonArray()).put("revision", 1);
            time.after(waitMs, () -> answer.accept(response(200, nothing)));
        } else if (services.answers(call)) {
            services.answer(call, answer);
        } else if (files.answers(call)) {
            files.answer(call, answer);
        } else {
            locks.count(call.method() + " " + path);
            answer.accept(contents.knows(call) ? file(call) : response(200, new JsonObject()));
        }
    }

    private Response file(Call call) {
        FakeContents.Answer answer = contents.handle(call);
        return answer.status() < 400
                ? response(answer.status(), answer.body())
                : problem(answer.status(), answer.body().getString("code"));
    }

    private Response open(JsonObject request) {
        FakeSession session = new FakeSession("s" + (sessions.size() + 1), request.getLong("leaseMs"));
        session.client = request.getString("client", "");
        session.caches = request.getBoolean("cache", false);
        sessions.put(session.id, session);
        renew(session);
        JsonObject body = new JsonObject()
                .put("session", session.id)
                .put("client", request.getString("client"))
                .put("leaseMs", session.leaseMs)
                .put("remainingMs", session.leaseMs)
                .put("cell", "local");
        if (leaderUrl != null) {
            body.put("leader", new JsonObject().put("replica", 1).put("url", leaderUrl));
        }
        return response(201, body);
    }

    private void keepAlive(String id, JsonObject request, Consumer<Response> answer) {
        FakeSession session = sessions.get(id);
        if (session == null || session.over) {
            answer.accept(problem(410, "session-expired"));
            return;
        }
        renew(session);
        long ack = request.getLong("ack", 0L);
        session.acked = Math.max(session.acked, ack);
        files.settle();
        long waitMs = waits && !repeats ? request.getLong("waitMs", 0L) : 0;
        long after = repeats ? 0 : ack;
        long leaseMs = Math.max(session.leaseMs, grantedMs);
        Runnable reply = () -> {
            if (session.over) {
                answer.accept(problem(410, "session-expired"));
                return;
            }
            renew(session);
            JsonObject body = new JsonObject().put("leaseMs", leaseMs).put("remainingMs", Math.min(leftMs, leaseMs));
            answer.accept(response(200, body.put("events", session.eventsAfter(after))));
        };
        if (waitMs == 0 || !session.eventsAfter(after).isEmpty()) {
            reply.run();
        } else {
            session.parked = reply;
            time.after(waitMs, () -> session.release(reply));
        }
    }

    private void renew(FakeSession session) {
        session.renewedNanos = time.nanoTime();
        long leaseMs = Math.max(session.leaseMs, grantedMs);
        time.after(leaseMs, () -> {
            if (time.nanoTime() - session.renewedNanos >= TimeUnit.MILLISECONDS.toNanos(leaseMs)) {
                endSession(session.id);
            }
        });
    }

    private void endSession(String id) {
        FakeSession session = sessions.get(id);
        if (session != null && !session.over) {
            session.over = true;
            locks.sessionEnded(id);
            contents.sessionEnded(id);
            services.sessionEnded(id);
            session.release(session.parked);
            files.settle();
        }
    }

    private void lock(Call call, String name, Consumer<Response> answer) {
        if (call.method().equals(HttpMethod.GET)) {
            answer.accept(response(200, locks.state(name)));
            return;
        }
        FakeSession session = sessions.get(call.headers().getOrDefault("Lockservice-Session", ""));
        if (session == null || session.over) {
            answer.accept(problem(410, "session-expired"));
        } else if (call.method().equals(HttpMethod.DELETE)) {
            boolean released = locks.release(name, session.id);
            answer.accept(released ? response(200, new JsonObject().put("released", true)) : problem(409, "not-held"));
        } else {
            acquire(name, session, body(call), answer);
        }
    }

    private void acquire(String name, FakeSession session, JsonObject request, Consumer<Response> answer) {
        String note = request.getString("note", "");
        long waitMs = request.getLong("waitMs", 0L);
        if (waitMs == 0 && !locks.isFreeFor(name, session.id)) {
            Response held = problem(409, "lock-held", locks.state(name));
            answer.accept(held);
            return;
        }
        locks.acquire(name, session.id, note, grant -> answer.accept(response(200, grant)));
        if (waitMs > 0) {
            // The answer of a grant that came first has gone out already; this one is then dropped by its promise.
            time.after(waitMs, () -> answer.accept(response(202, new JsonObject().put("queued", true))));
        }
    }

    private @Nullable String client(String id) {
        FakeSession session = sessions.get(id);
        return session == null || session.over ? null : session.client;
    }

    private static JsonObject body(Call call) {
        return call.body() == null ? new JsonObject() : new JsonObject(call.body());
    }

    static Response problem(int status, String code) {
        return problem(status, code, new JsonObject());
    }

    private static Response problem(int status, String code, JsonObject extras) {
        JsonObject body = extras.copy().put("status", status).put("code", code).put("detail", "the model says so");
        return new Response(status, MultiMap.caseInsensitiveMultiMap(), body.toBuffer());
    }

    private Response response(int status, JsonObject body) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap().set("Lockservice-Epoch", Long.toString(epoch));
        return new Response(status, headers, status == 204 ? Buffer.buffer() : body.toBuffer());
    }

    private final class SessionsOfFiles implements FakeFiles.Sessions {
        @Override
        public boolean isAlive(String id) {
            FakeSession session = sessions.get(id);
            return session != null && !session.over;
        }

        @Override
        public boolean caches(String id) {
            FakeSession session = sessions.get(id);
            return session != null && session.caches;
        }

        @Override
        public long invalidate(String id, String name) {
            FakeSession session = sessions.get(id);
            if (session == null) {
                return 0;
            }
            session.event("invalidate", name);
            return session.events.size();
        }

        @Override
        public long acked(String id) {
            FakeSession session = sessions.get(id);
            return session == null ? Long.MAX_VALUE : session.acked;
        }
    }
}
