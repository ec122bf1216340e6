package io.lockservice.server.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of the file while it is read. Every key asked for is remembered, so that {@link #end} can refuse the others
 * and name those that exist.
 */
final class Section {
    private final String file;
    private final String path;
    private final Map<String, YamlNode> entries;
    private final Set<String> known = new LinkedHashSet<>();

    private Section(String file, String path, Map<String, YamlNode> entries) {
        this.file = file;
        this.path = path;
        this.entries = entries;
    }

    /** The file as a whole. */
    static Section root(String file, YamlNode node) {
        return of(file, "", node);
    }

    private static Section of(String file, String path, YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            return new Section(file, path, mapping.entries());
        }
        if (node instanceof YamlNode.Empty) {
            return new Section(file, path, Map.of());
        }
        throw new ConfigException(file, path, "must be a mapping, lines of 'key: value'");
    }

    /** The path of {@code key} below {@code path}. */
    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** What is wrong with a key of this section. */
    ConfigException error(String key, String problem) {
        return new ConfigException(file, join(path, key), problem);
    }

    /** Whether the file has the key at all. */
    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** A mapping below this one; where the file has none, an empty one. */
    Section section(String key) {
        @Nullable YamlNode node = take(key);
        return of(file, join(path, key), node == null ? new YamlNode.Empty() : node);
    }

    /** A sequence of mappings, not empty; {@code allowed} says what is given there. */
    List<Section> sections(String key, String allowed) {
        @Nullable YamlNode node = take(key);
        if (!(node instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
            String problem = node instanceof YamlNode.Sequence ? "is an empty list" : "must be a list";
            throw error(key, (node == null ? "is missing" : problem) + "; " + allowed);
        }
        List<Section> sections = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
            sections.add(of(file, join(path, key) + "[" + sections.size() + "]", item));
        }
        return sections;
    }

    /** A whole number within bounds that must be there. */
    long number(String key, long min, long max) {
        @Nullable YamlNode node = take(key);
        String allowed = "give a whole number from " + min + " to " + max;
        if (node == null) {
            throw error(key, "is missing; " + allowed);
        }
        if (!(node instanceof YamlNode.Whole whole)) {
            throw error(key, shown(node) + " is not a whole number; " + allowed);
        }
        BigInteger value = whole.value();
        if (value.compareTo(BigInteger.valueOf(min)) < 0 || value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw error(key, ConfigException.quoted(value.toString()) + " is out of range; " + allowed);
        }
        return value.longValueExact();
    }

    /** A whole number within bounds, {@code standard} where the file says nothing. */
    long number(String key, long min, long max, long standard) {
        if (!has(key)) {
            known.add(key);
            return standard;
        }
        return number(key, min, max);
    }

    /** As {@link #number(String, long, long)}, for bounds that fit an int. */
    int smallNumber(String key, int min, int max) {
        return Math.toIntExact(number(key, min, max));
    }

    /** As {@link #number(String, long, long, long)}, for bounds that fit an int. */
    int smallNumber(String key, int min, int max, int standard) {
        return Math.toIntExact(number(key, min, max, standard));
    }

    /** Text that must be there; {@code allowed} says which. */
    String text(String key, String allowed) {
        return text(key, allowed, null);
    }

    /** Text, {@code standard} where the file says nothing and that is not null. */
    String text(String key, String allowed, @Nullable String standard) {
        @Nullable YamlNode node = take(key);
        if (node == null && standard != null) {
            return standard;
        }
        if (node == null) {
            throw error(key, "is missing; " + allowed);
        }
        if (node instanceof YamlNode.Whole || node instanceof YamlNode.Other) {
            throw error(key, shown(node) + " is not text; put it in quotes; " + allowed);
        }
        if (!(node instanceof YamlNode.Text text) || text.text().isBlank()) {
            throw error(key, shown(node) + " is not text; " + allowed);
        }
        return text.text();
    }

    /** Text; null where the file does not have the key. {@code allowed} says which. */
    @Nullable
    String optionalText(String key, String allowed) {
        known.add(key);
        return has(key) ? text(key, allowed) : null;
    }

    /** Refuses every key that was not asked for. */
    void end() {
        for (String key : entries.keySet()) {
            if (!known.contains(key)) {
                throw error(key, "is an unknown key; known here: " + String.join(", ", known));
            }
        }
    }

    private @Nullable YamlNode take(String key) {
        known.add(key);
        return entries.get(key);
    }

    private static String shown(YamlNode node) {
        if (node instanceof YamlNode.Text text) {
            return ConfigException.quoted(text.text());
        }
        if (node instanceof YamlNode.Whole whole) {
            return ConfigException.quoted(whole.value().toString());
        }
        if (node instanceof YamlNode.Other other) {
            return ConfigException.quoted(other.text());
        }
        if (node instanceof YamlNode.Empty) {
            return "nothing";
        }
        return node instanceof YamlNode.Mapping ? "a mapping" : "a list";
    }
}
