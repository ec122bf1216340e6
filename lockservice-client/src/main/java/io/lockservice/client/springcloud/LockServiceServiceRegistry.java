package io.lockservice.client.springcloud;

import io.lockservice.client.registry.NameRegistry;
import io.lockservice.client.registry.Registration;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.ServiceRegistry;

/**
 * Spring Cloud's registration, by a {@link NameRegistry}: what is registered is made again whenever the cell does not have it,
 * until it is deregistered. So {@link #register} waits for nobody, and an application starts also while the cell is away.
 *
 * <p>The cell knows instances, and no status of them. {@code DOWN} and {@code OUT_OF_SERVICE} are kept here, and such an
 * instance is not found by others until it is {@code UP} again.
 *
 * <p>From all threads. What takes an instance away waits until the cell has done it, for the given time at most, and not at all
 * on an event loop; where that is not enough it goes on without the caller.
 */
public final class LockServiceServiceRegistry implements ServiceRegistry<LockServiceRegistration> {
    /** The status of an instance that others find. */
    public static final String UP = "UP";

    /** The status of an instance that others do not find, by its own wish or because the cell does not have it now. */
    public static final String DOWN = "DOWN";

    /** The status of an instance that others do not find. */
    public static final String OUT_OF_SERVICE = "OUT_OF_SERVICE";

    /** The status of what was not registered here. */
    public static final String UNKNOWN = "UNKNOWN";

    private static final System.Logger LOG = System.getLogger(LockServiceServiceRegistry.class.getName());
    private static final long DEFAULT_WAIT_MS = 3_000;

    private final NameRegistry registry;
    private final BoundedWait wait;
    private final Map<Key, Entry> entries = new HashMap<>();

    private record Key(String service, String id) {
        static Key of(LockServiceRegistration registration) {
            return new Key(registration.getServiceId(), registration.getInstanceId());
        }
    }

    /** Registered where there is a registration, whose status is then what the cell says. */
    private record Entry(String status, @Nullable Registration registration) {}

    private LockServiceServiceRegistry(NameRegistry registry, BoundedWait wait) {
        this.registry = registry;
        this.wait = wait;
    }

    /** Registers by this registry, which stays the caller's to close. Waits for 3 s at most. */
    public static LockServiceServiceRegistry of(NameRegistry registry) {
        return of(registry, DEFAULT_WAIT_MS);
    }

    /** Registers by this registry; {@code waitMs}, 1 or more, is how long to wait at most for an instance to be away. */
    public static LockServiceServiceRegistry of(NameRegistry registry, long waitMs) {
        return new LockServiceServiceRegistry(registry, new BoundedWait(registry, waitMs));
    }

    /**
     * Registers the instance, or anew what it says of itself; nothing for null. Returns at once.
     *
     * @throws IllegalArgumentException where a name cannot be one
     * @throws IllegalStateException where the instance is registered with the registry by others, or that is closed
     */
    @Override
    public synchronized void register(@Nullable LockServiceRegistration registration) {
        if (registration == null) {
            return;
        }
        Entry known = entries.get(Key.of(registration));
        Registration held = known == null ? null : known.registration();
        if (held == null) {
            held = registry.register(
                    registration.getServiceId(), registration.getInstanceId(), registration.instance());
            entries.put(Key.of(registration), new Entry(UP, held));
        } else {
            held.update(registration.instance())
                    .onFailure(
                            failure -> LOG.log(System.Logger.Level.DEBUG, registration + " was not updated", failure));
        }
    }

    /** Takes the instance away; nothing where it was not registered here, or is null. */
    @Override
    public void deregister(@Nullable LockServiceRegistration registration) {
        if (registration == null) {
            return;
        }
        List<Future<Void>> leaving = new ArrayList<>();
        synchronized (this) {
            leave(entries.remove(Key.of(registration)), leaving);
        }
        await(leaving);
    }

    /** Takes away all that was registered here. What comes later is registered again. */
    @Override
    public void close() {
        List<Future<Void>> leaving = new ArrayList<>();
        synchronized (this) {
            entries.values().forEach(each -> leave(each, leaving));
            entries.clear();
        }
        await(leaving);
    }

    /**
     * {@code UP} registers the instance, {@code DOWN} and {@code OUT_OF_SERVICE} take it away; in any case.
     *
     * @throws IllegalArgumentException for another status
     */
    @Override
    public void setStatus(LockServiceRegistration registration, String status) {
        String wanted = status.toUpperCase(Locale.ROOT);
        switch (wanted) {
            case UP -> register(registration);
            case DOWN, OUT_OF_SERVICE -> {
                List<Future<Void>> leaving = new ArrayList<>();
                synchronized (this) {
                    leave(entries.put(Key.of(registration), new Entry(wanted, null)), leaving);
                }
                await(leaving);
            }
            default ->
                throw new IllegalArgumentException(
                        "a status is " + UP + ", " + DOWN + " or " + OUT_OF_SERVICE + ", not " + status);
        }
    }

    /** What was set, as a {@code String}; an instance that is to be up is {@code DOWN} while the cell does not have it. */
    @Override
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    public <T> T getStatus(LockServiceRegistration registration) {
        return (T) status(registration);
    }

    private synchronized String status(LockServiceRegistration registration) {
        Entry known = entries.get(Key.of(registration));
        if (known == null) {
            return UNKNOWN;
        }
        Registration held = known.registration();
        return held != null && !held.isRegistered() ? DOWN : known.status();
    }

    /** Begun before anybody can register the same again, which then waits for it. */
    private static void leave(@Nullable Entry entry, List<Future<Void>> leaving) {
        Registration held = entry == null ? null : entry.registration();
        if (held != null) {
            leaving.add(held.deregister());
        }
    }

    /** Together, so that many take no longer than one. */
    private void await(List<Future<Void>> leaving) {
        if (leaving.isEmpty() || Context.isOnEventLoopThread()) {
            return;
        }
        try {
            wait.result(() -> Future.join(leaving).mapEmpty(), "that instances are away");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "they go when the cell is back, or with the lease", e);
        }
    }
}
