package io.lockservice.server.http.exchange;

import io.lockservice.api.Name;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemCode;
import io.lockservice.api.ProblemException;
import io.lockservice.api.Sequencer;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The headers that mean something to the service, checked once at the start of a request.
 *
 * @param session whom the request is made for; null where none is named
 * @param sequencer the fence of a write; null where there is none
 * @param idempotencyKey under which a write is done once; null where there is none, and on a read, which has no use
 *     for one
 * @param timeoutMs how long the client waits for an answer, in milliseconds
 */
record RequestHeaders(
        @Nullable String session,
        @Nullable Sequencer sequencer,
        @Nullable String idempotencyKey,
        long timeoutMs) {
    private static final String SESSION = "Lockservice-Session";
    private static final String SEQUENCER = "Lockservice-Sequencer";
    private static final String TIMEOUT = "Lockservice-Timeout-Ms";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final long DEFAULT_TIMEOUT_MS = 5_000;
    private static final long MAX_TIMEOUT_MS = 60_000;
    private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7E]{1,64}");

    /** Reads them; throws a bad request that names the header which is given twice or wrong. */
    static RequestHeaders of(HttpMethod method, MultiMap headers, String cell) {
        String session = visible(headers, SESSION);
        String sequencer = single(headers, SEQUENCER);
        String timeout = single(headers, TIMEOUT);
        return new RequestHeaders(
                session,
                sequencer == null ? null : sequencer(sequencer, "header:" + SEQUENCER, cell),
                isRead(method) ? null : visible(headers, IDEMPOTENCY_KEY),
                timeout == null ? DEFAULT_TIMEOUT_MS : Numbers.parse(timeout, "header:" + TIMEOUT, 1, MAX_TIMEOUT_MS));
    }

    private static boolean isRead(HttpMethod method) {
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    /** A sequencer of this cell; throws a bad request that names {@code field}, or that it is another cell's. */
    static Sequencer sequencer(String text, String field, String cell) {
        try {
            Sequencer sequencer = Sequencer.parse(text).orElseThrow(() -> notASequencer(field));
            if (Name.parse(sequencer.name(), cell).path().equals(sequencer.name())) {
                return sequencer;
            }
        } catch (ProblemException e) {
            if (e.problem().code() == ProblemCode.WRONG_CELL) {
                throw e;
            }
        }
        throw notASequencer(field);
    }

    /** Refuses a body that says it is anything but JSON in UTF-8: no form of a browser can send that. */
    static void requireJson(MultiMap headers) {
        refuseEncoded(headers);
        String type = single(headers, "Content-Type");
        if (type == null) {
            return;
        }
        String[] parts = type.split(";", -1);
        boolean json = parts[0].strip().equalsIgnoreCase("application/json");
        for (int i = 1; i < parts.length && json; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            json = !parameter.startsWith("charset=") || parameter.matches("charset=\"?utf-8\"?");
        }
        if (!json) {
            throw new ProblemException(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE,
                    "send the body as JSON in UTF-8, with Content-Type: application/json or without that header");
        }
    }

    /** Refuses a body that is compressed or a part of something: it would be stored as it came. */
    static void refuseEncoded(MultiMap headers) {
        String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ProblemException(
                    ProblemCode.UNSUPPORTED_MEDIA_TYPE, "send the body as it is, without Content-Encoding");
        }
        if (headers.contains("Content-Range")) {
            throw new ProblemException(Problem.badField(
                    "header:Content-Range", "a part cannot be written: send the whole content, without Content-Range"));
        }
    }

    /** A header that may be given once; null where it is not given. */
    static @Nullable String single(MultiMap headers, String name) {
        if (!headers.contains(name)) {
            return null;
        }
        List<String> values = headers.getAll(name);
        if (values.size() > 1) {
            throw new ProblemException(
                    Problem.badField("header:" + name, "header " + name + " is given twice; give it once"));
        }
        return values.get(0);
    }

    private static @Nullable String visible(MultiMap headers, String name) {
        String value = single(headers, name);
        if (value != null && !VISIBLE.matcher(value).matches()) {
            throw new ProblemException(
                    Problem.badField("header:" + name, "header " + name + " must be 1 to 64 visible ASCII characters"));
        }
        return value;
    }

    private static ProblemException notASequencer(String field) {
        return new ProblemException(Problem.badField(
                field, "this is not a sequencer; send one exactly as it came with the grant of a lock"));
    }
}
