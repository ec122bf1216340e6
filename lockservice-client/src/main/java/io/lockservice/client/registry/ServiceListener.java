package io.lockservice.client.registry;

/** Told of a service: first what is there, then each change, without a gap. On the client's loop: must not block. */
@FunctionalInterface
public interface ServiceListener {
    /** Several changes that came close together may be told as one. */
    void changed(ServiceChange change);
}
