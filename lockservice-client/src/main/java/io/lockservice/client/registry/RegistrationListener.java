package io.lockservice.client.registry;

import io.lockservice.client.LockServiceException;

/** Told what becomes of a registration, in order, on the client's loop: must not block. Nothing has to be done about any of it. */
public interface RegistrationListener {
    /** Others find the instance, the first time or again. */
    default void registered(Registration registration) {}

    /**
     * Others do not find it any more: the session ended ({@code session-expired}), somebody deleted it
     * ({@code registration-lost}), or it is another's now ({@link InstanceTakenException}). It is registered again as soon as
     * that can be; where it is another's, once that one is gone.
     */
    default void lost(Registration registration, LockServiceException reason) {}

    /**
     * The cell does not take it: {@link InstanceTakenException} where it is another client's, else what is wrong with it. It is
     * tried again, with pauses; told once for each reason.
     */
    default void refused(Registration registration, LockServiceException reason) {}
}
