package io.lockservice.client.springcloud;

import io.lockservice.client.registry.Instance;
import org.springframework.cloud.client.serviceregistry.Registration;

/** An instance that this program registers by Spring Cloud. Immutable. */
public final class LockServiceRegistration extends LockServiceInstance implements Registration {
    private LockServiceRegistration(String service, String id, Instance instance) {
        super(service, id, instance);
    }

    /**
     * What {@link LockServiceServiceRegistry} takes.
     *
     * @param service the service's name
     * @param id what the instance is called among those of its service; the same after each start of the program
     * @param instance where others reach it, and what it says of itself
     */
    public static LockServiceRegistration of(String service, String id, Instance instance) {
        return new LockServiceRegistration(service, id, instance);
    }
}
