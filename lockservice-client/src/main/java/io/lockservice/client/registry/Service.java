package io.lockservice.client.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.client.Backoff;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Pending;
import io.lockservice.client.transport.Response;
import io.vertx.core.Future;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A service as this program knows it: a copy that is kept up to date by long polls. Asking it costs no more than reading a field,
 * never blocks and never fails. While the cell is away it is the last that was known, and {@link #ageMs()} says how old.
 *
 * <p>All who resolve a name in one {@link NameRegistry} get the same object.
 */
public final class Service implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Service.class.getName());
    private static final long POLL_MS = 20_000;

    /** Of a service that changes all the time not each change is asked for by itself. */
    private static final long MIN_GAP_MS = 100;

    private static final long FIRST_PAUSE_MS = 100;
    private static final long MAX_PAUSE_MS = 5_000;

    private final NameRegistry registry;
    private final LockServiceClient client;
    private final Loop loop;
    private final String name;
    private final Set<ServiceListener> listeners = new LinkedHashSet<>();
    private final Backoff pauses = new Backoff(FIRST_PAUSE_MS, MAX_PAUSE_MS, new Random());
    private volatile List<ServiceInstance> instances = List.of();
    private volatile long confirmedNanos;
    private volatile boolean closed;
    private long revision;
    private boolean isBehind;
    private int failures;
    private @Nullable Pending<Response> poll;

    Service(NameRegistry registry, LockServiceClient client, String name) {
        this.registry = registry;
        this.client = client;
        this.loop = client.loop();
        this.name = name;
    }

    /** The service's name. */
    public String name() {
        return name;
    }

    /** The instances, as known here; unmodifiable. From any thread. */
    public List<ServiceInstance> instances() {
        return instances;
    }

    /** The instances with this tag. From any thread. */
    public List<ServiceInstance> instances(String tag) {
        return instances.stream().filter(each -> each.tags().contains(tag)).toList();
    }

    /** Whom to ask, as {@code balancer} says; empty where there are no instances. From any thread. */
    public Optional<ServiceInstance> choose(Balancer balancer) {
        return balancer.choose(instances);
    }

    /**
     * How long ago the cell last said that this is so. While all is well it is at most about 20 s, for so long the cell waits for
     * something to tell; beyond that the cell is away, or this object closed. Time for which the process was paused or the machine
     * suspended counts. From any thread.
     */
    public long ageMs() {
        return TimeUnit.NANOSECONDS.toMillis(clockNanos() - confirmedNanos);
    }

    /** Adds a listener, and tells it what is there. */
    public void addListener(ServiceListener listener) {
        loop.execute(() -> {
            if (listeners.add(listener)) {
                tell(listener, ServiceChange.between(List.of(), instances));
            }
        });
    }

    /** Removes a listener. */
    public void removeListener(ServiceListener listener) {
        loop.execute(() -> listeners.remove(listener));
    }

    /** No longer kept up to date, for nobody who resolved it. {@link NameRegistry#resolve} then gives another one. */
    @Override
    public void close() {
        closed = true;
        loop.execute(() -> {
            listeners.clear();
            registry.forget(this);
            Pending<Response> waiting = poll;
            if (waiting != null) {
                waiting.cancel();
            }
        });
    }

    /** Whether {@link #close} was called, or the registry is closed. From any thread. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return name + " " + instances.stream().map(ServiceInstance::hostAndPort).toList() + " (" + ageMs() + " ms old)";
    }

    /** Asks the cell, and from then on keeps up with it. On the loop. */
    Future<Service> begun() {
        long sentNanos = clockNanos();
        return client.execute(Operation.get(InstanceJson.path(name))).map(response -> {
            begin(
                    InstanceJson.list(response.json(), "instances"),
                    response.json().path("revision").asLong(),
                    sentNanos);
            return this;
        });
    }

    /** From here on it keeps up with the cell. */
    void begin(JsonNode list, long at, long nanos) {
        loop.execute(() -> {
            take(list, at, nanos);
            poll();
        });
    }

    long clockNanos() {
        return loop.nanoTime() + loop.sleptNanos();
    }

    private void poll() {
        if (closed) {
            return;
        }
        // After a failure without a revision: the cell may have been made anew, and be behind what was seen of the old
        // one.
        long waitMs = isBehind ? 0 : POLL_MS;
        String path = InstanceJson.path(name) + (isBehind ? "" : "?waitMs=" + waitMs + "&since=" + revision);
        long sentNanos = clockNanos();
        Pending<Response> asked = client.begin(Operation.get(path).waiting(waitMs));
        poll = asked;
        asked.future()
                .onComplete((response, failure) -> loop.execute(() -> {
                    poll = null;
                    if (closed) {
                        return;
                    }
                    if (failure != null) {
                        failed(failure);
                    } else {
                        answered(response, sentNanos, waitMs);
                    }
                }));
    }

    private void answered(Response response, long sentNanos, long waitMs) {
        JsonNode body = response.json();
        JsonNode list;
        try {
            list = InstanceJson.list(body, "instances");
        } catch (LockServiceException e) {
            failed(e);
            return;
        }
        failures = 0;
        isBehind = false;
        // The cell answers when it has waited, however late this process reads it after a pause.
        long waitedNanos = Math.min(clockNanos() - sentNanos, TimeUnit.MILLISECONDS.toNanos(waitMs));
        take(list, body.path("revision").asLong(revision), sentNanos + waitedNanos);
        long gapMs = MIN_GAP_MS - TimeUnit.NANOSECONDS.toMillis(clockNanos() - sentNanos);
        if (gapMs > 0) {
            loop.after(gapMs, this::poll);
        } else {
            poll();
        }
    }

    private void failed(Throwable failure) {
        failures++;
        isBehind = true;
        System.Logger.Level level =
                Integer.bitCount(failures) == 1 ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
        LOG.log(level, name + " is as it was " + ageMs() + " ms ago: " + failure.getMessage());
        loop.after(pauses.delayMs(failures), this::poll);
    }

    private void take(JsonNode list, long at, long nanos) {
        List<ServiceInstance> after = InstanceJson.read(name, list);
        ServiceChange change = ServiceChange.between(instances, after);
        revision = at;
        confirmedNanos = nanos;
        if (!change.isNothing()) {
            instances = after;
            List.copyOf(listeners).forEach(listener -> tell(listener, change));
        }
    }

    private static void tell(ServiceListener listener, ServiceChange change) {
        try {
            listener.changed(change);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a listener of a service failed", e);
        }
    }
}
