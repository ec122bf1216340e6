package io.lockservice.example.shop;

import io.lockservice.client.LockServiceException;
import io.lockservice.client.registry.Instance;
import io.lockservice.client.registry.Registration;
import io.lockservice.client.registry.RegistrationListener;

/** For the log: nothing has to be done about any of it. */
final class Notes implements RegistrationListener {
    private static final System.Logger LOG = System.getLogger(Notes.class.getName());

    private final Instance instance;

    Notes(Instance instance) {
        this.instance = instance;
    }

    @Override
    public void registered(Registration registration) {
        LOG.log(
                System.Logger.Level.INFO,
                registration.service() + "/" + registration.id() + " is found at " + instance.hostAndPort());
    }

    @Override
    public void lost(Registration registration, LockServiceException reason) {
        LOG.log(System.Logger.Level.WARNING, registration + ": " + reason.detail());
    }

    @Override
    public void refused(Registration registration, LockServiceException reason) {
        LOG.log(System.Logger.Level.WARNING, registration + ": " + reason.detail());
    }
}
