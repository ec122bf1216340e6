package io.lockservice.client.springcloud;

import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.client.serviceregistry.AbstractAutoServiceRegistration;
import org.springframework.cloud.client.serviceregistry.AutoServiceRegistrationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;

/**
 * Registers an application once its web server listens, and takes it away before that stops, as Spring Cloud has it: with
 * its properties, events and lifecycles. A management server on a port of its own is not registered.
 */
// Deprecated, and there is no other way to give the configuration, nor to learn the port.
@SuppressWarnings("deprecation")
public final class LockServiceAutoRegistration extends AbstractAutoServiceRegistration<LockServiceRegistration> {
    private final AutoServiceRegistrationProperties properties;
    private final IntFunction<LockServiceRegistration> instance;
    private @Nullable LockServiceRegistration registration;

    /**
     * To be a bean, which Spring starts and stops.
     *
     * @param properties of {@code spring.cloud.service-registry.auto-registration}
     * @param instance what to register, by the port on which the web server listens
     */
    public LockServiceAutoRegistration(
            ApplicationContext context,
            LockServiceServiceRegistry registry,
            AutoServiceRegistrationProperties properties,
            IntFunction<LockServiceRegistration> instance) {
        super(context, registry, properties);
        this.properties = properties;
        this.instance = instance;
    }

    @Override
    protected Object getConfiguration() {
        return properties;
    }

    @Override
    protected boolean isEnabled() {
        return properties.isEnabled();
    }

    /** The same until the program ends: what was registered is what has to be taken away. */
    @Override
    protected synchronized LockServiceRegistration getRegistration() {
        LockServiceRegistration known = registration;
        if (known == null) {
            known = instance.apply(getPort().get());
            registration = known;
        }
        return known;
    }

    /** Before the web server stops, which Spring does first of all: whoever called it then would be refused. */
    @EventListener
    void closing(ContextClosedEvent event) {
        if (event.getApplicationContext() == getContext()) {
            stop();
        }
    }

    @Override
    protected boolean shouldRegisterManagement() {
        return false;
    }

    @Override
    protected LockServiceRegistration getManagementRegistration() {
        throw new UnsupportedOperationException("a management server is not registered");
    }
}
