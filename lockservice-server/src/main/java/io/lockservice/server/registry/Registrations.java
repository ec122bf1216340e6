package io.lockservice.server.registry;

import io.lockservice.api.Name;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Services with their instances, both by their names. Not thread-safe. */
final class Registrations {
    private final NavigableMap<Name, Service> services = new TreeMap<>();
    private final Map<String, Labelled> labelled = new HashMap<>();
    private long forgottenRevision;

    private static final class Service {
        private final NavigableMap<Name, Registered> instances = new TreeMap<>();
        private @Nullable List<Registered> listed;
        private long changedRevision;
    }

    /** Services whose names are the same DNS label. */
    private static final class Labelled {
        private final NavigableSet<Name> names = new TreeSet<>();
        private @Nullable List<Registered> instances;
    }

    /** Nothing is known of what was before {@code revision}. */
    Registrations(long revision) {
        forgottenRevision = revision;
    }

    /** The instances of a service in the order of their names: the same list until one changes. */
    List<Registered> of(Name service) {
        Service found = services.get(service);
        if (found == null) {
            return List.of();
        }
        List<Registered> listed = found.listed;
        if (listed == null) {
            listed = List.copyOf(found.instances.values());
            found.listed = listed;
        }
        return listed;
    }

    /** The instances of all services whose name is this DNS label, as {@link DnsLabel#fold} has it: the same list until one changes. */
    List<Registered> labelled(String label) {
        Labelled found = labelled.get(label);
        if (found == null) {
            return List.of();
        }
        List<Registered> instances = found.instances;
        if (instances == null) {
            instances = found.names.stream().flatMap(name -> of(name).stream()).toList();
            found.instances = instances;
        }
        return instances;
    }

    /** How many instances there are of each service that has any, in the order of their names, {@code after} one or null. */
    NavigableMap<Name, Integer> counts(@Nullable Name after) {
        NavigableMap<Name, Integer> counts = new TreeMap<>();
        (after == null ? services : services.tailMap(after, false))
                .forEach((name, service) -> counts.put(name, service.instances.size()));
        return counts;
    }

    /** At this revision or before it the service changed last. */
    long changedRevision(Name service) {
        Service found = services.get(service);
        return found == null ? forgottenRevision : found.changedRevision;
    }

    /** The instance is so from {@code revision} on, or gone where it is null: a change of its service, also where it was so before. */
    void put(Name name, @Nullable Registered now, long revision) {
        Name key = service(name);
        Service found = services.get(key);
        if (found == null && now == null) {
            // It may have come and gone since somebody else has seen the service.
            forgottenRevision = Math.max(forgottenRevision, revision);
            return;
        }
        Service there = found == null ? new Service() : found;
        there.changedRevision = Math.max(there.changedRevision, revision);
        there.listed = null;
        if (now != null) {
            there.instances.put(name, now);
            services.put(key, there);
        } else {
            there.instances.remove(name);
        }
        if (there.instances.isEmpty()) {
            // Of the many services that there ever were nothing is kept but that they may have changed by then.
            services.remove(key);
            forgottenRevision = Math.max(forgottenRevision, there.changedRevision);
        }
        relabel(key);
    }

    /** The service has changed. */
    private void relabel(Name service) {
        if (!DnsLabel.is(service.leaf())) {
            return;
        }
        String label = DnsLabel.fold(service.leaf());
        Labelled there = labelled.computeIfAbsent(label, none -> new Labelled());
        there.instances = null;
        if (services.containsKey(service)) {
            there.names.add(service);
        } else if (there.names.remove(service) && there.names.isEmpty()) {
            labelled.remove(label);
        }
    }

    /** The service that an instance is in. */
    static Name service(Name instance) {
        Name service = instance.parent();
        if (service == null) {
            throw new IllegalArgumentException(instance + " is in no service");
        }
        return service;
    }
}
