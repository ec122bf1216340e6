package io.lockservice.client.node;

import io.lockservice.api.Name;
import io.lockservice.api.Stat;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.NoLeaderException;
import io.lockservice.client.Pending;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.transport.Response;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a session. Where it keeps copies they are answered from these, and one that is under way is shared by all who
 * ask for the same meanwhile. Confined to the loop, but for {@link #copy}.
 *
 * <p>Who joins a read that is under way may have come after the cell had answered it. So what it says is good for them only
 * where a copy of it may be kept: then it is not older than this moment. Otherwise the cell is asked again, once for them all.
 */
final class Reads {
    private static final String CACHEABLE = "Lockservice-Cacheable";

    private final Session session;
    private final Loop loop;
    private final @Nullable NodeCache cache;
    private final Function<Name, Boolean> isBeingChanged;
    private final Map<Key, Fetch> shared = new LinkedHashMap<>();
    private final Set<Fetch> underWay = new LinkedHashSet<>();

    /** What is read, and as what. */
    private record Key(Name name, Seen.Part part, @Nullable String handle) {}

    Reads(Session session, @Nullable NodeCache cache, Function<Name, Boolean> isBeingChanged) {
        this.session = session;
        this.loop = session.client().loop();
        this.cache = cache;
        this.isBeingChanged = isBeingChanged;
    }

    /** What a copy says; null where the cell has to be asked. From all threads. */
    @Nullable
    Seen copy(String path, Seen.Part part) {
        return cache == null ? null : cache.hit(path, part);
    }

    /** Asks the cell, or whoever is asking it already. */
    Pending<Seen> read(Name name, Seen.Part part, @Nullable String handle) {
        Reader reader = new Reader(new Key(name, part, handle));
        return new Pending<>(loop.call(() -> reader.start()), () -> loop.execute(reader::cancel));
    }

    /** What is being read of these nodes is not to be kept. */
    void overtaken(Function<Name, Boolean> isMeant) {
        for (Fetch each : underWay) {
            if (isMeant.apply(each.key.name())) {
                each.isOvertaken = true;
                shared.remove(each.key, each);
            }
        }
    }

    private Fetch fetch(Key key) {
        Fetch fetch = new Fetch(key);
        underWay.add(fetch);
        if (cache != null) {
            shared.put(key, fetch);
        }
        return fetch;
    }

    /** Somebody who wants to know. */
    private final class Reader {
        private final Key key;
        private final Promise<Seen> promise = Promise.promise();
        private @Nullable Fetch fetch;

        Reader(Key key) {
            this.key = key;
        }

        io.vertx.core.Future<Seen> start() {
            Seen kept = copy(key.name().path(), key.part());
            if (kept != null) {
                promise.complete(kept);
                return promise.future();
            }
            if (cache != null) {
                cache.missed();
            }
            Fetch under = shared.get(key);
            if (under != null) {
                fetch = under;
                under.joined.add(this);
            } else {
                Fetch own = fetch(key);
                fetch = own;
                own.owners.add(this);
                own.send();
            }
            return promise.future();
        }

        void cancel() {
            if (promise.tryFail(new CancellationException("the read of " + key.name() + " was cancelled"))
                    && fetch != null) {
                fetch.left(this);
            }
        }
    }

    /** A read that is under way: a request, or one for each page of a list. */
    private final class Fetch {
        private final Key key;
        private final Set<Reader> owners = new LinkedHashSet<>();
        private final Set<Reader> joined = new LinkedHashSet<>();
        private final List<Stat> children = new ArrayList<>();
        private @Nullable Pending<Response> request;
        private boolean isOvertaken;
        private boolean isCacheable = true;

        Fetch(Key key) {
            this.key = key;
        }

        void send() {
            page("");
        }

        private void page(String after) {
            NodeRequests requests = new NodeRequests(key.name(), key.handle());
            Pending<Response> sent = session.begin(requests.get(key.part(), cache != null, after));
            request = sent;
            sent.future()
                    .onComplete((response, failure) -> loop.execute(() -> {
                        try {
                            if (response != null) {
                                answered(response);
                            } else if (failure != null) {
                                refused(failure);
                            }
                        } catch (LockServiceException badAnswer) {
                            failed(badAnswer);
                        }
                    }));
        }

        private void answered(Response response) {
            isCacheable &= isCacheable(response);
            if (key.part() != Seen.Part.CHILDREN) {
                done(NodeRequests.node(response, key.part()));
                return;
            }
            var page = response.json();
            page.path("children").forEach(child -> children.add(NodeRequests.stat(child)));
            String next = page.path("next").asText("");
            if (next.isEmpty()) {
                done(new Seen.Listing(new Directory(NodeRequests.stat(page.path("stat")), children)));
            } else {
                page(next);
            }
        }

        private void refused(Throwable failure) {
            if (failure instanceof LockServiceException problem
                    && problem.code().equals("no-such-node")) {
                Response response = problem.response();
                isCacheable &= response != null && isCacheable(response);
                done(new Seen.Absent(problem));
            } else {
                failed(failure);
            }
        }

        private void done(Seen seen) {
            end();
            boolean isKept = cache != null
                    && isCacheable
                    && !isOvertaken
                    && session.isSafe()
                    && !isBeingChanged.apply(key.name());
            if (isKept && cache != null) {
                cache.keep(key.name(), seen);
                joined.forEach(reader -> reader.promise.tryComplete(seen));
            } else {
                again();
            }
            owners.forEach(reader -> reader.promise.tryComplete(seen));
        }

        /** What the cell said no later than it was asked is a failure for who asked later, too, only where it says nothing. */
        private void failed(Throwable failure) {
            end();
            if (failure instanceof NoLeaderException || failure instanceof SessionExpiredException) {
                joined.forEach(reader -> reader.promise.tryFail(failure));
            } else {
                again();
            }
            owners.forEach(reader -> reader.promise.tryFail(failure));
        }

        private void again() {
            if (joined.isEmpty()) {
                return;
            }
            Fetch other = shared.get(key);
            Fetch next = other == null ? fetch(key) : other;
            for (Reader reader : joined) {
                reader.fetch = next;
                (other == null ? next.owners : next.joined).add(reader);
            }
            if (other == null) {
                next.send();
            }
        }

        private void end() {
            underWay.remove(this);
            shared.remove(key, this);
        }

        private void left(Reader reader) {
            owners.remove(reader);
            joined.remove(reader);
            if (owners.isEmpty() && joined.isEmpty() && request != null) {
                end();
                request.cancel();
            }
        }

        private boolean isCacheable(Response response) {
            return "true".equals(response.header(CACHEABLE));
        }
    }
}
