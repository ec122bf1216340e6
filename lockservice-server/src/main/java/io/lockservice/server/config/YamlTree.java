package io.lockservice.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one YAML document, and names the place of what is wrong with it. */
final class YamlTree {
    /** Deeper than any key, and far from the end of the stack. */
    private static final int MAX_DEPTH = 16;

    private static final Pattern PROBLEM_LINE = Pattern.compile("^ in .*, line (\\d{1,7}), column", Pattern.MULTILINE);

    private final String file;
    private final YAMLParser parser;

    private YamlTree(String file, YAMLParser parser) {
        this.file = file;
        this.parser = parser;
    }

    /**
     * Reads {@code text}.
     *
     * @throws ConfigException where it is not one YAML document, or names a key twice
     */
    static YamlNode read(String file, String text) {
        try (YAMLParser parser = new YAMLFactory().createParser(new StringReader(text))) {
            YamlTree tree = new YamlTree(file, parser);
            if (parser.nextToken() == null) {
                return new YamlNode.Empty();
            }
            YamlNode root = tree.node("", 0);
            if (parser.nextToken() != null) {
                throw new ConfigException(file, "", "has more than one YAML document; give one");
            }
            return root;
        } catch (JsonProcessingException broken) {
            throw new ConfigException(file, "", "line " + line(broken) + " is not YAML: " + reason(broken));
        } catch (IOException impossible) {
            throw new ConfigException(file, "", "cannot be read: " + impossible.getMessage());
        }
    }

    /** The node at the parser's current token. */
    private YamlNode node(String path, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new ConfigException(file, path, "is nested too deeply; no key is so deep");
        }
        if (parser.isCurrentAlias()) {
            throw new ConfigException(file, path, "is an alias; write the value itself");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(path, depth);
            case START_ARRAY -> sequence(path, depth);
            case VALUE_STRING -> new YamlNode.Text(parser.getText());
            case VALUE_NUMBER_INT -> new YamlNode.Whole(parser.getBigIntegerValue());
            case VALUE_NULL -> new YamlNode.Empty();
            default -> new YamlNode.Other(parser.getText());
        };
    }

    private YamlNode mapping(String path, int depth) throws IOException {
        Map<String, YamlNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPath = Section.join(path, key);
            if (entries.containsKey(key)) {
                throw new ConfigException(file, keyPath, "is given twice; give it once");
            }
            parser.nextToken();
            entries.put(key, node(keyPath, depth + 1));
        }
        return new YamlNode.Mapping(entries);
    }

    private YamlNode sequence(String path, int depth) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(path + "[" + items.size() + "]", depth + 1));
        }
        return new YamlNode.Sequence(items);
    }

    /** YAML's own errors know the line of the problem; the parser's location is that of the last good token. */
    private static int line(JsonProcessingException broken) {
        Matcher mark = PROBLEM_LINE.matcher(message(broken));
        int line = broken.getLocation() == null ? 1 : broken.getLocation().getLineNr();
        while (mark.find()) {
            line = Integer.parseInt(mark.group(1));
        }
        return Math.max(1, line);
    }

    /** The line of the parser's message that says what is wrong, without its context, picture and inner state. */
    private static String reason(JsonProcessingException broken) {
        String reason = message(broken)
                .lines()
                .filter(line -> !line.startsWith("while ") && !line.startsWith(" "))
                .findFirst()
                .orElse("it cannot be understood");
        int state = reason.indexOf(", got this instead");
        return state < 0 ? reason : reason.substring(0, state);
    }

    private static String message(JsonProcessingException broken) {
        @Nullable String message = broken.getOriginalMessage();
        return message == null ? "" : message;
    }
}
