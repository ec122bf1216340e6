package io.lockservice.client.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockservice.api.PercentText;
import io.lockservice.client.LockServiceClient;
import io.lockservice.client.LockServiceException;
import io.lockservice.client.Loop;
import io.lockservice.client.Operation;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A program's part in the cell's registry of names: what it registers stays registered, over changes of leader, lost sessions and
 * restarts of the cell, and what it resolves stays known. One for a process is enough. From all threads; blocks none.
 *
 * <p>Registrations live with a session of the registry's own, opened with the first one and anew where it ends. Its client name
 * must be the same each time the program starts, and no other program's: by it the cell sees that an instance which is
 * registered by a session of before the restart may be replaced at once.
 */
public final class NameRegistry implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameRegistry.class.getName());
    private static final int DEFAULT_MAX_SERVICES = 256;
    private static final long CHECK_MS = 10_000;
    private static final int MAX_BATCH_CHARS = 2_000;
    private static final int NAMES_PER_PAGE = 1_000;

    private final LockServiceClient client;
    private final Loop loop;
    private final int maxServices;
    private final RegistrySession sessions;
    private final Map<String, Service> services = new ConcurrentHashMap<>();
    private final Map<String, Future<Service>> pending = new LinkedHashMap<>();
    private final Map<String, Registration> registrations = new LinkedHashMap<>();
    private final Map<String, Registration> leaving = new LinkedHashMap<>();
    private final Supplier<Future<Void>> closer = this::shutdown;
    private boolean isChecking;
    private volatile boolean closed;

    private NameRegistry(LockServiceClient client, SessionOptions options, int maxServices) {
        if (options.clientName().isBlank() || maxServices < 1) {
            throw new IllegalArgumentException("a registry has a client name, and room for one service at least");
        }
        this.client = client;
        this.loop = client.loop();
        this.maxServices = maxServices;
        this.sessions = new RegistrySession(client, options, this::over);
        client.addCloser(closer);
        ClientRegistries.of(client).opened(this);
    }

    /** A registry whose registrations end 12 s after nothing more was heard of this program, and that knows 256 services at most. */
    public static NameRegistry of(LockServiceClient client, String clientName) {
        return of(client, SessionOptions.named(clientName), DEFAULT_MAX_SERVICES);
    }

    /**
     * A registry.
     *
     * @param options of the session that registrations live with; its lease is how long a dead instance is still found
     * @param maxServices how many services are kept up to date at once, 1 or more; each is one call that waits at the cell
     */
    public static NameRegistry of(LockServiceClient client, SessionOptions options, int maxServices) {
        return new NameRegistry(client, options, maxServices);
    }

    /** Whose it is. */
    public LockServiceClient client() {
        return client;
    }

    /**
     * Registers an instance, and sees to it that it stays so until {@link Registration#deregister}. Returns at once;
     * {@link Registration#registered()} is done when others find it.
     *
     * @throws IllegalArgumentException where a name cannot be one
     * @throws IllegalStateException where this registry registers that instance already, or is closed
     */
    public Registration register(String service, String id, Instance instance) {
        InstanceJson.check(service);
        InstanceJson.check(id);
        Registration registration = new Registration(this, client, sessions, new Entry(service, id), instance);
        Registration before;
        synchronized (registrations) {
            before = leaving.get(registration.key());
            if (closed || registrations.putIfAbsent(registration.key(), registration) != null) {
                throw new IllegalStateException(
                        closed ? "this registry is closed" : service + "/" + id + " is registered here already");
            }
        }
        loop.execute(() -> {
            registration.beginAfter(before);
            checkLater();
        });
        return registration;
    }

    /**
     * The service of that name. The first time the cell is asked; from then on the copy is kept, and this costs a lookup. A
     * service that nobody offers is one without instances.
     *
     * @return fails with a {@link LockServiceException}: {@code too-many-services}, or why the cell could not be asked
     */
    public Future<Service> resolve(String service) {
        Service known = services.get(service);
        return known != null
                ? Future.succeededFuture(known)
                : resolveAll(List.of(service)).map(all -> Objects.requireNonNull(all.get(service)));
    }

    /** Several services; those that are not known yet are asked for together. Fails where one of them does. */
    public Future<Map<String, Service>> resolveAll(Collection<String> names) {
        names.forEach(InstanceJson::check);
        List<String> wanted = names.stream().distinct().toList();
        return loop.call(() -> {
            List<String> unknown = wanted.stream()
                    .filter(name -> !services.containsKey(name) && !pending.containsKey(name))
                    .toList();
            if (closed) {
                return Future.failedFuture(closedHere());
            }
            if (services.size() + pending.size() + unknown.size() > maxServices) {
                return Future.failedFuture(new LockServiceException(
                        "too-many-services",
                        "this registry keeps " + maxServices
                                + " services up to date at most; close some, or allow more"));
            }
            begin(unknown);
            Map<String, Future<Service>> all = new LinkedHashMap<>();
            for (String name : wanted) {
                Service known = services.get(name);
                Future<Service> asked = pending.get(name);
                if (known != null) {
                    all.put(name, Future.succeededFuture(known));
                } else {
                    all.put(name, asked != null ? asked : Future.failedFuture(closedHere()));
                }
            }
            return Future.join(List.copyOf(all.values())).map(done -> {
                Map<String, Service> resolved = new LinkedHashMap<>();
                all.forEach((name, future) -> resolved.put(name, future.result()));
                return resolved;
            });
        });
    }

    /**
     * The names of all services that somebody offers, sorted; each time the cell is asked. They come in pages of 1,000: what
     * changes while there are several may be seen or not.
     *
     * @return fails with a {@link LockServiceException} where the cell could not be asked
     */
    public Future<List<String>> names() {
        return loop.call(() -> closed ? Future.failedFuture(closedHere()) : names(new ArrayList<>(), ""));
    }

    /** The services that are kept up to date, by name; from any thread. */
    public Map<String, Service> services() {
        return Map.copyOf(services);
    }

    /** Deregisters all, and keeps nothing up to date any more. What was resolved stays as it is last known. */
    public Future<Void> shutdown() {
        List<Registration> all;
        synchronized (registrations) {
            closed = true;
            all = new ArrayList<>(registrations.values());
            all.addAll(leaving.values());
            registrations.clear();
            leaving.clear();
        }
        return loop.call(() -> {
            client.removeCloser(closer);
            ClientRegistries.of(client).closed(this);
            all.forEach(Registration::stop);
            List.copyOf(services.values()).forEach(Service::close);
            return sessions.close();
        });
    }

    /** Starts {@link #shutdown} and does not wait for it. */
    @Override
    public void close() {
        shutdown()
                .onFailure(failure -> LOG.log(System.Logger.Level.DEBUG, "registrations end with the lease", failure));
    }

    /** What a registration is of. */
    record Entry(String service, String id) {
        @Override
        public String toString() {
            return service + "/" + id;
        }
    }

    void forget(Service service) {
        services.remove(service.name(), service);
    }

    void forget(Registration registration) {
        synchronized (registrations) {
            if (registrations.remove(registration.key(), registration)) {
                leaving.put(registration.key(), registration);
            }
        }
    }

    void gone(Registration registration) {
        synchronized (registrations) {
            leaving.remove(registration.key(), registration);
        }
    }

    /** What is wanted to be registered; from any thread. */
    List<Registration> registrations() {
        synchronized (registrations) {
            return List.copyOf(registrations.values());
        }
    }

    private Future<List<String>> names(List<String> before, String page) {
        return client.execute(Operation.get("/v1/services?limit=" + NAMES_PER_PAGE + page))
                .compose(response -> {
                    JsonNode body = response.json();
                    InstanceJson.list(body, "services")
                            .forEach(each -> before.add(each.path("name").asText()));
                    String next = body.path("next").asText("");
                    return next.isEmpty()
                            ? Future.succeededFuture(List.copyOf(before))
                            : names(before, "&after=" + next);
                });
    }

    /** As few questions as URLs of a sensible length allow; a name with a comma is asked for by itself. */
    private void begin(List<String> names) {
        List<String> batch = new ArrayList<>();
        int chars = 0;
        for (String name : names) {
            if (name.indexOf(',') >= 0) {
                Service service = new Service(this, client, name);
                await(List.of(name), service.begun().map(begun -> Map.of(name, begun)));
                continue;
            }
            chars += PercentText.encode(name).length() + 1;
            if (chars > MAX_BATCH_CHARS && !batch.isEmpty()) {
                begin(batch, names);
                batch = new ArrayList<>();
                chars = PercentText.encode(name).length() + 1;
            }
            batch.add(name);
        }
        begin(batch, names);
    }

    private void begin(List<String> batch, List<String> of) {
        if (batch.size() == 1 && of.size() == 1) {
            String name = batch.get(0);
            await(batch, new Service(this, client, name).begun().map(begun -> Map.of(name, begun)));
        } else if (!batch.isEmpty()) {
            await(batch, asked(batch));
        }
    }

    private Future<Map<String, Service>> asked(List<String> batch) {
        long sentNanos = loop.nanoTime() + loop.sleptNanos();
        String names = String.join(",", batch.stream().map(PercentText::encode).toList());
        return client.execute(Operation.get("/v1/services?names=" + names)).map(response -> {
            JsonNode body = response.json();
            Map<String, Service> begun = new LinkedHashMap<>();
            for (String name : batch) {
                Service service = new Service(this, client, name);
                service.begin(
                        InstanceJson.list(body, "services", name),
                        body.path("revision").asLong(),
                        sentNanos);
                begun.put(name, service);
            }
            return begun;
        });
    }

    private void await(List<String> names, Future<Map<String, Service>> answer) {
        for (String name : names) {
            Future<Service> one = answer.map(begun -> {
                Service service = Objects.requireNonNull(begun.get(name));
                if (closed) {
                    service.close();
                    throw closedHere();
                }
                services.put(name, service);
                return service;
            });
            pending.put(name, one);
            one.onComplete((service, failure) -> loop.execute(() -> pending.remove(name, one)));
        }
    }

    private static CancellationException closedHere() {
        return new CancellationException("this registry, or its client, is closed");
    }

    private void over(Session ended, SessionExpiredException reason) {
        registrations().forEach(each -> each.over(ended, reason));
    }

    /** A lease says nothing of an operator who deleted an entry, nor of a second program of the same name. */
    private void checkLater() {
        if (isChecking || closed) {
            return;
        }
        isChecking = true;
        loop.after(CHECK_MS, () -> {
            List<Registration> all = registrations();
            Set<String> names = new LinkedHashSet<>();
            all.forEach(each -> names.add(each.service()));
            List<Future<Void>> checks = names.stream().map(this::check).toList();
            Future.join(checks)
                    .onComplete((done, failure) -> loop.execute(() -> {
                        isChecking = false;
                        if (!registrations().isEmpty()) {
                            checkLater();
                        }
                    }));
        });
    }

    private Future<Void> check(String service) {
        Map<Registration, Long> asked = new LinkedHashMap<>();
        registrations().stream()
                .filter(each -> each.service().equals(service))
                .forEach(each -> asked.put(each, each.turn()));
        return client.execute(Operation.get(InstanceJson.path(service))).map(response -> {
            List<ServiceInstance> found = InstanceJson.read(service, InstanceJson.list(response.json(), "instances"));
            loop.execute(() -> asked.forEach((each, turn) -> each.compare(turn, found)));
            return null;
        });
    }
}
