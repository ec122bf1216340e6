package io.lockservice.client.transport;

import io.vertx.core.Future;

/**
 * Carries a call to one replica. It tries once: fail-over, retries and deadlines are the caller's.
 *
 * <p>The future succeeds with whatever the replica answered, refusals included. It fails with {@link NotSentException}
 * where the replica cannot have seen the call, and with anything else where it may have. It may be completed on any
 * thread.
 */
public interface Transport {
    /** Sends {@code call}; done at the latest soon after its {@code timeoutMs}. */
    Future<Response> send(Call call);

    /** Closes all connections; calls under way fail. */
    Future<Void> close();
}
