package io.lockservice.api;

import org.jspecify.annotations.Nullable;

/**
 * A request with what came in its headers.
 *
 * @param request what is asked
 * @param principal who asks; {@code anonymous} without the security settings
 * @param session the session named in the header, or that of {@code handle}; null where none is
 * @param idempotency the key under which a write is done once, null where none was given
 * @param sequencer the fence: a write is refused unless it is valid when applied; null where none was given
 * @param handle through which a node is asked for; null where it is asked for by its name alone
 */
public record ClientCall(
        Request request,
        String principal,
        @Nullable String session,
        @Nullable Idempotency idempotency,
        @Nullable Sequencer sequencer,
        @Nullable HandleId handle) {
    /** The principal of every caller of a cell without security settings. */
    public static final String ANONYMOUS = "anonymous";

    /** A replica that looks at its own state, and may read all of it. No client can be that: principals have no spaces. */
    public static final String REPLICA = "the replica itself";

    /** A call that is not made through a handle. */
    public ClientCall(
            Request request,
            String principal,
            @Nullable String session,
            @Nullable Idempotency idempotency,
            @Nullable Sequencer sequencer) {
        this(request, principal, session, idempotency, sequencer, null);
    }

    /** A plain call: no session, no key, no fence. */
    public static ClientCall of(Request request) {
        return new ClientCall(request, ANONYMOUS, null, null, null);
    }

    /** A call within a session, without key and fence. */
    public static ClientCall of(Request request, String session) {
        return new ClientCall(request, ANONYMOUS, session, null, null);
    }

    /** A call through a handle, in its session. */
    public static ClientCall of(Request request, HandleId handle) {
        return new ClientCall(request, ANONYMOUS, handle.session(), null, null, handle);
    }

    /**
     * The name under which a write is done once.
     *
     * @param key as the client sent it, 1 to 64 visible ASCII characters
     * @param fingerprint hash of the whole request (method, name, query, conditions, body): the same key with another
     *     fingerprint is refused
     */
    public record Idempotency(String key, long fingerprint) {}
}
