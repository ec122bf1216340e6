package io.lockservice.client.metrics;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.node.CacheStats;
import io.lockservice.client.node.ClientCaches;
import io.lockservice.client.observe.ClientObserver;
import io.lockservice.client.registry.ClientRegistries;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * The meters of one client, bound to a registry of yours; there is no global one. All names begin with
 * {@code lockservice.client.}:
 *
 * <ul>
 *   <li>{@code sessions}: how many are open, by {@code state}: {@code safe}, {@code jeopardy};
 *   <li>{@code sessions.ended}: how many ended, by {@code reason}: {@code closed} by this program, {@code expired};
 *   <li>{@code sessions.lease.remaining}: seconds for which the least safe open session is safe without another keep-alive;
 *   <li>{@code keepalive}: how long keep-alives take, by {@code outcome}; they wait at the cell for a quarter of the lease when
 *       there is nothing to tell;
 *   <li>{@code operations}: how long operations take, over all attempts, by {@code method}, {@code resource} (such as {@code
 *       locks}) and {@code outcome}: {@code done}, {@code refused}, {@code not-done}, {@code unknown}, {@code cancelled};
 *   <li>{@code retries}: how often operations were sent again, by {@code resource};
 *   <li>{@code cache.reads}: reads of sessions that keep copies, by {@code result}: {@code hit}, {@code miss};
 *   <li>{@code cache.invalidations}, {@code cache.evictions}: copies that were dropped, because the cell said so or for want
 *       of room;
 *   <li>{@code cache.entries}, {@code cache.size}: copies there are now, and about how many bytes they take;
 *   <li>{@code registry.services}, {@code registry.instances}: services that are kept up to date, and their instances;
 *   <li>{@code registry.age}: seconds since the cell confirmed the copy that it has not confirmed for longest: beyond half a
 *       minute the cell is away;
 *   <li>{@code registry.registrations}: instances that this program wants to be registered, by {@code state}: {@code
 *       registered}, {@code missing};
 *   <li>{@code locks.held}: how many locks are held;
 *   <li>{@code locks.hold}: for how long they were, by {@code end}: {@code released}, {@code lost}.
 * </ul>
 *
 * <p>Bound to several registries, each has all meters. Bind them before the client is used: what happened before is not
 * counted.
 */
public final class ClientMetrics implements MeterBinder {
    private static final String PREFIX = "lockservice.client.";

    private final LockServiceClient client;
    private final Tags tags;

    private ClientMetrics(LockServiceClient client, Tags tags) {
        this.client = client;
        this.tags = tags;
    }

    /** The meters of {@code client}; with several clients in a process, give each a tag of its own. */
    public static ClientMetrics of(LockServiceClient client, Tag... tags) {
        return new ClientMetrics(client, Tags.of(tags));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Meters meters = new Meters(registry, tags);
        meters.registerGauges(client);
        client.observers().add(meters);
    }

    private static final class Meters implements ClientObserver {
        private final MeterRegistry registry;
        private final Tags tags;
        private final AtomicInteger held = new AtomicInteger();

        Meters(MeterRegistry registry, Tags tags) {
            this.registry = registry;
            this.tags = tags;
        }

        void registerGauges(LockServiceClient client) {
            for (Session.State state : new Session.State[] {Session.State.SAFE, Session.State.JEOPARDY}) {
                Gauge.builder(PREFIX + "sessions", client, from -> count(from, state))
                        .tags(tags.and("state", label(state)))
                        .description("Open sessions by state")
                        .register(registry);
            }
            Gauge.builder(PREFIX + "sessions.lease.remaining", client, Meters::leastRemainingSeconds)
                    .tags(tags)
                    .baseUnit("seconds")
                    .description("How long the least safe session is safe without another keep-alive")
                    .register(registry);
            Gauge.builder(PREFIX + "locks.held", held, AtomicInteger::get)
                    .tags(tags)
                    .description("Locks held now")
                    .register(registry);
            registerCache(ClientCaches.of(client));
            registerRegistries(ClientRegistries.of(client));
        }

        private void registerRegistries(ClientRegistries of) {
            registry("registry.services", of, ClientRegistries::services)
                    .description("Services that are kept up to date")
                    .register(registry);
            registry("registry.instances", of, ClientRegistries::instances)
                    .description("Their instances")
                    .register(registry);
            registry("registry.age", of, from -> from.oldestMs() / 1e3)
                    .baseUnit("seconds")
                    .description("Since the cell confirmed the copy that it has not confirmed for longest")
                    .register(registry);
            registry("registry.registrations", of, ClientRegistries::registered)
                    .tags(tags.and("state", "registered"))
                    .description("Instances of this program, by state")
                    .register(registry);
            registry("registry.registrations", of, from -> Math.max(0, from.wanted() - from.registered()))
                    .tags(tags.and("state", "missing"))
                    .description("Instances of this program, by state")
                    .register(registry);
        }

        private Gauge.Builder<ClientRegistries> registry(
                String name, ClientRegistries of, ToDoubleFunction<ClientRegistries> value) {
            return Gauge.builder(PREFIX + name, of, value).tags(tags);
        }

        private void registerCache(ClientCaches caches) {
            cacheCount(caches, "cache.reads", Tags.of("result", "hit"), CacheStats::hits);
            cacheCount(caches, "cache.reads", Tags.of("result", "miss"), CacheStats::misses);
            cacheCount(caches, "cache.invalidations", Tags.empty(), CacheStats::invalidations);
            cacheCount(caches, "cache.evictions", Tags.empty(), CacheStats::evictions);
            Gauge.builder(PREFIX + "cache.entries", caches, from -> from.stats().entries())
                    .tags(tags)
                    .description("Copies of what was read")
                    .register(registry);
            Gauge.builder(PREFIX + "cache.size", caches, from -> from.stats().bytes())
                    .tags(tags)
                    .baseUnit("bytes")
                    .description("What they take of the heap, about")
                    .register(registry);
        }

        private void cacheCount(ClientCaches caches, String name, Tags more, ToLongFunction<CacheStats> count) {
            FunctionCounter.builder(PREFIX + name, caches, from -> count.applyAsLong(from.stats()))
                    .tags(tags.and(more))
                    .description("Copies of what was read")
                    .register(registry);
        }

        @Override
        public void sessionEnded(boolean closedHere) {
            count("sessions.ended", "Sessions that ended", Tags.of("reason", closedHere ? "closed" : "expired"), 1);
        }

        @Override
        public void keepAlive(Outcome outcome, long nanos) {
            time("keepalive", "Keep-alives, from sending to the answer", Tags.of("outcome", label(outcome)), nanos);
        }

        @Override
        public void operation(String method, String path, Outcome outcome, int retries, long nanos) {
            String resource = resource(path);
            Tags kind = Tags.of("method", method, "resource", resource, "outcome", label(outcome));
            time("operations", "Operations, over all attempts", kind, nanos);
            count("retries", "How often operations were sent again", Tags.of("resource", resource), retries);
        }

        @Override
        public void lockHeld(String name) {
            held.incrementAndGet();
        }

        @Override
        public void lockEnded(String name, long nanos, boolean lost) {
            // Held since before this was bound, it was not counted in.
            held.updateAndGet(now -> Math.max(0, now - 1));
            time("locks.hold", "For how long locks were held", Tags.of("end", lost ? "lost" : "released"), nanos);
        }

        private void time(String name, String description, Tags more, long nanos) {
            Timer.builder(PREFIX + name)
                    .tags(tags.and(more))
                    .description(description)
                    .register(registry)
                    .record(nanos, TimeUnit.NANOSECONDS);
        }

        private void count(String name, String description, Tags more, int times) {
            Counter.builder(PREFIX + name)
                    .tags(tags.and(more))
                    .description(description)
                    .register(registry)
                    .increment(times);
        }

        private static double count(LockServiceClient client, Session.State state) {
            return client.sessions().stream()
                    .filter(session -> session.state() == state)
                    .count();
        }

        private static double leastRemainingSeconds(LockServiceClient client) {
            return client.sessions().stream()
                            .mapToLong(Session::remainingMs)
                            .min()
                            .orElse(0)
                    / 1e3;
        }

        /** The third part of {@code /v1/locks/...}: few, whatever names there are. */
        private static String resource(String path) {
            String[] parts = path.split("[/?]", 4);
            return parts.length > 2 ? parts[2] : "";
        }

        private static String label(Enum<?> value) {
            return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
