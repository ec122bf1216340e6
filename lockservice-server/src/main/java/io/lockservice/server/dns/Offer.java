package io.lockservice.server.dns;

import io.lockservice.server.registry.Registered;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A service, or one instance of it, as DNS shows it. Immutable. */
final class Offer {
    private final Targets all;
    private final Targets ipv4;
    private final Targets ipv6;
    private final Map<String, Offer> instances = new HashMap<>();

    private Offer(List<Target> targets) {
        all = new Targets(targets);
        ipv4 = new Targets(only(targets, Target::isIpv4));
        ipv6 = new Targets(only(targets, Target::isIpv6));
    }

    /** Those of {@code registered} that DNS can show, in a service of that whole name. */
    static Offer of(List<Registered> registered, String serviceName) {
        List<Target> targets = registered.stream()
                .map(each -> Target.of(each, serviceName))
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        Offer service = new Offer(targets);
        targets.stream()
                .collect(Collectors.groupingBy(Target::id))
                .forEach((id, same) -> service.instances.put(id, new Offer(same)));
        return service;
    }

    private static List<Target> only(List<Target> targets, Predicate<Target> wanted) {
        return targets.stream().filter(wanted).toList();
    }

    /** Whether DNS shows nothing of it. */
    boolean isEmpty() {
        return all.isEmpty();
    }

    Targets all() {
        return all;
    }

    Targets ipv4() {
        return ipv4;
    }

    Targets ipv6() {
        return ipv6;
    }

    /** The instance of that name, folded; one that is empty where there is none. */
    Offer instance(String id) {
        return instances.getOrDefault(id, NONE);
    }

    /** Nobody offers it. */
    static final Offer NONE = new Offer(List.of());
}
