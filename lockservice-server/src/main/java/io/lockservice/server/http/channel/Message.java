package io.lockservice.server.http.channel;

import io.lockservice.api.Problem;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** What a client says in one message. */
sealed interface Message {
    /** Nobody waits for the reply to the request {@code id}. */
    record Cancel(long id) implements Message {}

    /** So many bytes of replies were dealt with. */
    record Credit(long bytes) implements Message {}

    /** A request, or more of the body of one. */
    final class Part implements Message {
        private static final String SESSIONS = "/v1/sessions/";
        private static final String KEEP_ALIVE = "/keepalive";

        private final long id;
        private final @Nullable HttpMethod method;
        private final @Nullable String path;
        private final MultiMap headers;
        private final byte[] body;
        private final boolean more;
        private final @Nullable Problem problem;

        /**
         * What was read.
         *
         * @param id of the request
         * @param method null where the message names none, as those that go on with a body
         * @param path and query; null where the message names none
         * @param headers by name, in any case
         * @param body or a part of it; empty where there is none
         * @param more whether the body goes on
         * @param problem what is wrong with the message; null where nothing is
         */
        Part(
                long id,
                @Nullable HttpMethod method,
                @Nullable String path,
                MultiMap headers,
                byte[] body,
                boolean more,
                @Nullable Problem problem) {
            this.id = id;
            this.method = method;
            this.path = path;
            this.headers = headers;
            this.body = body;
            this.more = more;
            this.problem = problem;
        }

        long id() {
            return id;
        }

        @Nullable
        HttpMethod method() {
            return method;
        }

        @Nullable
        String path() {
            return path;
        }

        MultiMap headers() {
            return headers;
        }

        byte[] body() {
            return body;
        }

        boolean more() {
            return more;
        }

        @Nullable
        Problem problem() {
            return problem;
        }

        /** Whether it is nothing but more of a body. */
        boolean goesOn() {
            return method == null && path == null && headers.isEmpty() && problem == null;
        }

        /** Whether it is a keep-alive, which no window holds back. */
        boolean isKeepAlive() {
            return path != null
                    && path.endsWith(KEEP_ALIVE)
                    && path.startsWith(SESSIONS)
                    && path.indexOf('/', SESSIONS.length()) == path.length() - KEEP_ALIVE.length()
                    && HttpMethod.POST.equals(method);
        }
    }
}
