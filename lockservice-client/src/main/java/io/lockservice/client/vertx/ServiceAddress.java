package io.lockservice.client.vertx;

import io.vertx.core.net.Address;
import org.jspecify.annotations.Nullable;

/**
 * A service's name where Vert.x wants an address: {@code new RequestOptions().setServer(ServiceAddress.of("web"))}.
 *
 * @param service the service
 * @param tag only instances with this tag; null for all
 */
public record ServiceAddress(String service, @Nullable String tag) implements Address {
    /** All instances of a service. */
    public static ServiceAddress of(String service) {
        return new ServiceAddress(service, null);
    }

    /** The instances with this tag. */
    public ServiceAddress withTag(String value) {
        return new ServiceAddress(service, value);
    }
}
