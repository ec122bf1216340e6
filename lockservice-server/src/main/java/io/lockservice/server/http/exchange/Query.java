package io.lockservice.server.http.exchange;

import io.lockservice.api.PercentText;
import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import io.lockservice.replica.Input;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request's query parameters, read strictly: a resource takes what it knows and then calls {@link #finish}, which
 * refuses the rest. {@code +} stands for a space, as URL libraries write it. Not thread-safe.
 */
public final class Query {
    /** The largest page, and the size of one where no limit is given. */
    public static final int MAX_LIMIT = 1000;

    /** The longest duration in a query, in milliseconds: a day. */
    public static final long MAX_DURATION_MS = 86_400_000;

    private final Map<String, String> left;
    private final List<String> known = new ArrayList<>(4);

    private Query(Map<String, String> left) {
        this.left = left;
    }

    /** Parses what follows the {@code ?}; throws a bad request for a parameter given twice or badly encoded. */
    static Query parse(@Nullable String raw) {
        if (raw == null || raw.isEmpty()) {
            return new Query(Map.of());
        }
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decode("query", equals < 0 ? pair : pair.substring(0, equals));
            String value = decode(name, equals < 0 ? "" : pair.substring(equals + 1));
            if (parameters.put(name, value) != null) {
                throw bad(name, "query parameter '" + name + "' is given twice; give it once");
            }
        }
        return new Query(parameters);
    }

    /** The parameter as text; null where it is not given. */
    public @Nullable String text(String name) {
        known.add(name);
        return left.isEmpty() ? null : left.remove(name);
    }

    /** A parameter that is {@code true} or {@code false}, and false where it is not given. */
    public boolean flag(String name) {
        String value = text(name);
        if (value == null || value.equals("false")) {
            return false;
        }
        if (value.equals("true")) {
            return true;
        }
        throw bad(name, name + " must be true or false");
    }

    /** A whole number from {@code min} to {@code max}, and {@code missing} where it is not given. */
    public long number(String name, long missing, long min, long max) {
        String value = text(name);
        return value == null ? missing : Numbers.parse(value, name, min, max);
    }

    /** The page size asked for. */
    public int limit() {
        return (int) number("limit", MAX_LIMIT, 1, MAX_LIMIT);
    }

    /** The key after which the page begins; empty for the first page. */
    public String after() {
        String value = text("after");
        return value == null ? "" : Cursor.decode(value);
    }

    /** {@code consistency} and {@code maxStaleMs} of a read, in the terms of {@link Input.Called}. */
    public long maxStaleMs() {
        String consistency = text("consistency");
        boolean stale = "stale".equals(consistency);
        if (consistency != null && !stale && !consistency.equals("linearizable")) {
            throw bad("consistency", "consistency must be linearizable or stale");
        }
        long maxStaleMs = number("maxStaleMs", Long.MAX_VALUE, 0, MAX_DURATION_MS);
        if (!stale && maxStaleMs != Long.MAX_VALUE) {
            throw bad("maxStaleMs", "maxStaleMs goes with consistency=stale only");
        }
        return stale ? maxStaleMs : Input.Called.LINEARIZABLE;
    }

    /** Refuses a parameter that was not asked for. */
    public void finish() {
        if (left.isEmpty()) {
            return;
        }
        String name = left.keySet().iterator().next();
        String allowed = known.isEmpty() ? "this request has none" : "known here: " + String.join(", ", known);
        throw bad(name, "unknown query parameter '" + name + "'; " + allowed);
    }

    private static String decode(String field, String text) {
        try {
            return PercentText.decode(text.replace('+', ' '));
        } catch (ProblemException e) {
            throw bad(field, "a query is percent-encoded UTF-8");
        }
    }

    private static ProblemException bad(String field, String detail) {
        return new ProblemException(Problem.badField(field, detail));
    }
}
