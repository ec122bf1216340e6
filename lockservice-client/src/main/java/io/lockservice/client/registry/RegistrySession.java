package io.lockservice.client.registry;

import io.lockservice.client.LockServiceClient;
import io.lockservice.client.Session;
import io.lockservice.client.SessionExpiredException;
import io.lockservice.client.SessionListener;
import io.lockservice.client.SessionOptions;
import io.vertx.core.Future;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** The session that a registry's instances live with, and the next one where it ends. Confined to the loop. */
final class RegistrySession {
    private final LockServiceClient client;
    private final SessionOptions options;
    private final SessionListener watcher;
    private @Nullable Session session;
    private @Nullable Future<Session> opening;
    private boolean closed;

    /** {@code over} is told of a session that has ended. */
    RegistrySession(LockServiceClient client, SessionOptions options, Over over) {
        this.client = client;
        this.options = options;
        this.watcher = new SessionListener() {
            @Override
            public void expired(Session ended, SessionExpiredException reason) {
                if (!closed) {
                    over.over(ended, reason);
                }
            }
        };
    }

    interface Over {
        void over(Session ended, SessionExpiredException reason);
    }

    /** One that is not known to be over, opened where there is none. */
    Future<Session> current() {
        Session now = session;
        if (closed) {
            return Future.failedFuture(new CancellationException("this registry is closed"));
        }
        if (now != null && now.state() != Session.State.EXPIRED) {
            return Future.succeededFuture(now);
        }
        if (opening == null) {
            Future<Session> begun = client.openSession(options);
            opening = begun;
            begun.onComplete((opened, failure) -> client.loop().execute(() -> took(opened)));
        }
        return opening;
    }

    private void took(@Nullable Session opened) {
        opening = null;
        if (opened != null && closed) {
            opened.close();
        } else if (opened != null) {
            session = opened;
            opened.addListener(watcher);
        }
    }

    /** Ends it, and with it all that is registered. */
    Future<Void> close() {
        closed = true;
        Session last = session;
        return last == null ? Future.succeededFuture() : last.close();
    }
}
