package io.lockservice.client.transport.channel;

import io.lockservice.client.transport.Address;
import io.vertx.core.Future;

/** Opens WebSockets to replicas. */
interface Dialer {
    /** Begins to open one; the host name is looked up now. */
    void dial(Address address, Wire.Listener listener);

    /** Closes all that are open. */
    Future<Void> close();
}
