package io.lockservice.server.http.json;

import io.lockservice.api.Problem;
import io.lockservice.api.ProblemException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON body, read strictly: no type stands for another, {@code null} is the same as leaving the field
 * out, and {@link #finish} refuses what was not asked for. Every method throws a bad request that names the field. Not
 * thread-safe.
 */
public final class JsonFields {
    private final Map<String, Object> left;
    private final String path;
    private final List<String> known = new ArrayList<>(8);

    private JsonFields(Map<String, Object> left, String path) {
        this.left = left;
        this.path = path;
    }

    /** The fields of {@code body}; no body is an object without fields. */
    public static JsonFields parse(byte[] body) {
        return new JsonFields(body.length == 0 ? Map.of() : JsonSyntax.object(body), "");
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

    /** A whole number from {@code min} to {@code max}; null where it is not given. */
    public @Nullable Long optionalNumber(String name, long min, long max) {
        boolean given = has(name);
        long number = number(name, min, min, max);
        return given ? number : null;
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
        Map<String, T> byLabel = new LinkedHashMap<>();
        for (T choice : choices) {
            byLabel.put(label.apply(choice), choice);
        }
        return chosen(name, value, byLabel);
    }

    /** Some of {@code choices} by their labels, in the client's order and each once; none where they are not given. */
    @SafeVarargs
    public final <T> List<T> choices(String name, Function<T, String> label, T... choices) {
        Object value = take(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad(name, name + " must be an array");
        }
        Map<String, T> byLabel = new LinkedHashMap<>();
        for (T choice : choices) {
            byLabel.put(label.apply(choice), choice);
        }
        List<T> chosen = new ArrayList<>();
        for (Object each : list) {
            T choice = chosen(name + "[" + chosen.size() + "]", each, byLabel);
            if (chosen.contains(choice)) {
                throw bad(name, name + " has \"" + label.apply(choice) + "\" twice; give it once");
            }
            chosen.add(choice);
        }
        return chosen;
    }

    private <T> T chosen(String name, Object value, Map<String, T> byLabel) {
        T choice = value instanceof String label ? byLabel.get(label) : null;
        if (choice == null) {
            throw bad(name, name + " must be one of \"" + String.join("\", \"", byLabel.keySet()) + '"');
        }
        return choice;
    }

    /** An object, to be {@linkplain #finish finished}; null where it is not given. */
    public @Nullable JsonFields object(String name) {
        Object value = take(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Map<?, ?> object)) {
            throw bad(name, name + " must be an object");
        }
        return within(object, name);
    }

    private JsonFields within(Map<?, ?> object, String at) {
        Map<String, Object> fields = new LinkedHashMap<>();
        object.forEach((key, field) -> fields.put(String.valueOf(key), field));
        return new JsonFields(fields, path + at + ".");
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

    /** An array of strings, at most {@code most}; empty where it is not given. */
    public List<String> textList(String name, int most, int maxChars) {
        Object value = take(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad(name, name + " must be an array of strings");
        }
        if (list.size() > most) {
            throw bad(name, name + " must have at most " + most + " elements");
        }
        List<String> texts = new ArrayList<>(list.size());
        for (Object each : list) {
            texts.add(checkedText(name + "[" + texts.size() + "]", each, maxChars));
        }
        return texts;
    }

    /** An array of objects, at most {@code most}; empty where it is not given. Each has to be {@linkplain #finish finished}. */
    public List<JsonFields> objects(String name, int most) {
        Object value = take(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw bad(name, name + " must be an array of objects");
        }
        if (list.size() > most) {
            throw bad(name, name + " must have at most " + most + " elements");
        }
        List<JsonFields> objects = new ArrayList<>(list.size());
        for (Object each : list) {
            String at = name + "[" + objects.size() + "]";
            if (!(each instanceof Map<?, ?> object)) {
                throw bad(at, at + " must be an object");
            }
            objects.add(within(object, at));
        }
        return objects;
    }

    /** Whether the field is given. */
    public boolean has(String name) {
        Object value = left.get(name);
        return value != null && value != JsonSyntax.NULL;
    }

    /** Bytes as Base64 (RFC 4648, section 4); null where they are not given. */
    public byte @Nullable [] base64(String name, int maxChars) {
        String text = text(name, maxChars);
        if (text == null) {
            return null;
        }
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw bad(name, name + " must be Base64");
        }
    }

    /** A field of this object as a problem names it. */
    public String at(String name) {
        return path + name;
    }

    /** A bad request about a field of this object. */
    public ProblemException refusal(String name, String detail) {
        return bad(name, detail);
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

    private String checkedText(String path, Object value, int maxChars) {
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

    private ProblemException bad(String field, String detail) {
        return new ProblemException(Problem.badField(path + field, detail));
    }
}
