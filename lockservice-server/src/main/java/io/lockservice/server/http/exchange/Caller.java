package io.lockservice.server.http.exchange;

import io.lockservice.api.HandleId;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Request;
import io.lockservice.replica.Input;
import org.jspecify.annotations.Nullable;

/** For whom a request is made: a session, by its name or through one of its handles. Not thread-safe. */
final class Caller {
    private final @Nullable String named;
    private @Nullable HandleId handle;
    private boolean keepsCopy;

    /** The caller that names this session in its header, or none. */
    Caller(@Nullable String named) {
        this.named = named;
    }

    /** Takes the handle from the query of a request about a node, where there is one. */
    void through(Query query) {
        String text = query.text("handle");
        if (text == null) {
            return;
        }
        HandleId asked = HandleId.parse(text);
        if (asked == null) {
            throw new ProblemException(Problem.badField(
                    "handle", "this is not a handle; send one exactly as it came with POST /v1/handles"));
        }
        through(asked, "handle");
    }

    /** The request is made through a handle, and so in its session; {@code field} is to blame where another is named. */
    void through(HandleId asked, String field) {
        if (named != null && !named.equals(asked.session())) {
            throw new ProblemException(Problem.badField(
                    field, "the handle is of another session than the header names; leave out that header"));
        }
        handle = asked;
    }

    /** Takes from the query of a read whether the session wants to keep a copy of it. */
    void keepsCopy(Query query, long maxStaleMs) {
        keepsCopy = query.flag("cache");
        if (keepsCopy && maxStaleMs != Input.Called.LINEARIZABLE) {
            throw new ProblemException(
                    Problem.badField("cache", "cache goes without consistency=stale: a copy has to be of the present"));
        }
        if (keepsCopy) {
            requiredSession();
        }
    }

    /** The session; null where there is none. */
    @Nullable
    String session() {
        return handle == null ? named : handle.session();
    }

    /** The session; throws session-required where there is none. */
    String requiredSession() {
        String session = session();
        if (session == null) {
            throw new ProblemException(
                    ProblemCode.SESSION_REQUIRED,
                    "this needs a session: open one with POST /v1/sessions and name it in the header"
                            + " Lockservice-Session");
        }
        return session;
    }

    /** The handle through which {@code what} is asked; null where it is not about one node. */
    @Nullable
    HandleId handleFor(Request what) {
        return what instanceof Request.OfNode || what instanceof Request.Cached ? handle : null;
    }

    /** The read, or that and the wish to keep a copy of it. */
    Request wants(Request.Read what) {
        return keepsCopy ? new Request.Cached(what) : what;
    }
}
