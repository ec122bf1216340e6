package io.lockservice.server.http.json;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON body, read strictly: no type stands for another, {@code null} is the same as leaving the field
 * out, and {@link #finish} refuses what was not asked for. Every method throws a bad request that names the field. Not
 * thread-safe.
 */
public final class JsonFields {
    private final Map<String, Object> left;
    private final List<String> known = new ArrayList<>(8);

    private JsonFields(Map<String, Object> left) {
        this.left = left;
    }

    /** The fields of {@code body}; no body is an object without fields. */
    public static JsonFields parse(byte[] body) {
        return new JsonFields(body.length == 0 ? Map.of() : JsonSyntax.object(body));
    }

    /** Text of at most {@code maxChars} characters; null where it is not given. */
    public @Nullable String text(String name, int maxChars) {
        Object value = take(name);
        return value == null ? null : checkedText(name, value, maxChars);
    }

    /** Text that must be given. */
    public String requiredText(String name, int maxChars) {
        String value = text(name, maxChars);
        if (value == null) {
            throw bad(name, name + " is missing");
        }
        return value;
    }

    /** A whole number from {@code min} to {@code max}, and {@code missing} where it is not given. */
    public long number(String name, long missing, long min, long max) {
        Object value = take(name);
        if (value == null) {
            return missing;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return number;
        }
        throw bad(name, name + " must be a whole number from " + min + " to " + max);
    }

    /** A truth value, and false where it is not given. */
    public boolean flag(String name) {
        Object value = take(name);
        if (value == null) {
            return false;
        }
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw bad(name, name + " must be true or false, without quotes");
    }

    /** One of {@code choices} by its label, and the first of them where it is not given. */
    @SafeVarargs
    public final <T> T choice(String name, Function<T, String> label, T... choices) {
        Object value = take(name);
        if (value == null) {
            return choices[0];
        }
        StringJoiner labels = new StringJoiner(", ");
        for (T choice : choices) {
            if (label.apply(choice).equals(value)) {
                return choice;
            }
            labels.add('"' + label.apply(choice) + '"');
        }
        throw bad(name, name + " must be one of " + labels);
    }

    /** An object whose values are all text, in the client's order; empty where it is not given. */
    public Map<String, String> texts(String name, int maxEntries, int maxKeyChars, int maxValueChars) {
        Object value = take(name);
        if (value == null) {
            return Map.of();
        }
        if (!(value instanceof Map<?, ?> object)) {
            throw bad(name, name + " must be an object");
        }
        if (object.size() > maxEntries) {
            throw bad(name, name + " must have at most " + maxEntries + " entries");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        object.forEach((key, each) -> {
            String path = name + "." + key;
            String checkedKey = checkedText(path, key, maxKeyChars);
            texts.put(checkedKey, checkedText(path, each, maxValueChars));
        });
        return texts;
    }

    /** Refuses a field that was not asked for. */
    public void finish() {
        if (left.isEmpty()) {
            return;
        }
        String name = left.keySet().iterator().next();
        String allowed = known.isEmpty() ? "this request has none" : "known here: " + String.join(", ", known);
        throw bad(name, "unknown field '" + name + "'; " + allowed);
    }

    private @Nullable Object take(String name) {
        known.add(name);
        Object value = left.isEmpty() ? null : left.remove(name);
        return value == JsonSyntax.NULL ? null : value;
    }

    private static String checkedText(String path, Object value, int maxChars) {
        if (!(value instanceof String text)) {
            throw bad(path, path + " must be a string");
        }
        if (text.codePointCount(0, text.length()) > maxChars) {
            throw bad(path, path + " must have at most " + maxChars + " characters");
        }
        // Half a surrogate pair, possible as an escape, has no UTF-8 form: it could not be said back.
        if (text.codePoints().anyMatch(c -> c >= 0xD800 && c <= 0xDFFF)) {
            throw bad(path, path + " has half a surrogate pair");
        }
        return text;
    }

    private static ProblemException bad(String field, String detail) {
        return new ProblemException(Problem.badField(field, detail));
    }
}
