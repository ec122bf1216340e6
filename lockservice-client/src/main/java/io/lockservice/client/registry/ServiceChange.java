package io.lockservice.client.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened to a service between two looks at it. The first that a listener is told has all instances as added.
 *
 * @param instances all that are there now
 * @param added those that are new
 * @param removed those that have gone, as they were
 * @param updated those that say something else now, or registered anew
 */
public record ServiceChange(
        List<ServiceInstance> instances,
        List<ServiceInstance> added,
        List<ServiceInstance> removed,
        List<ServiceInstance> updated) {

    /** What happened between these two states. */
    public static ServiceChange between(List<ServiceInstance> before, List<ServiceInstance> after) {
        Map<String, ServiceInstance> left = new LinkedHashMap<>();
        before.forEach(each -> left.put(each.id(), each));
        List<ServiceInstance> added = new ArrayList<>();
        List<ServiceInstance> updated = new ArrayList<>();
        for (ServiceInstance each : after) {
            ServiceInstance was = left.remove(each.id());
            if (was == null) {
                added.add(each);
            } else if (!was.equals(each)) {
                updated.add(each);
            }
        }
        return new ServiceChange(after, List.copyOf(added), List.copyOf(left.values()), List.copyOf(updated));
    }

    boolean isNothing() {
        return added.isEmpty() && removed.isEmpty() && updated.isEmpty();
    }
}
