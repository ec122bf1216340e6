package io.lockservice.server.metrics;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a page of metrics says.
 *
 * @param text in Prometheus' text format
 */
public record Exposed(String text) {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) ");

    /** The names on it. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        Matcher type = TYPE.matcher(text);
        while (type.find()) {
            names.add(type.group(1));
        }
        return names;
    }

    /** The value of the one line with that name and these labels ({@code peer="2"}). */
    public double value(String name, String... labels) {
        List<String> fitting = lines(name, labels);
        if (fitting.size() != 1) {
            throw new AssertionError(name + " " + List.of(labels) + " is there " + fitting.size() + " times:\n" + text);
        }
        String line = fitting.get(0);
        return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    /** Whether there is any line with that name and these labels. */
    boolean has(String name, String... labels) {
        return !lines(name, labels).isEmpty();
    }

    private List<String> lines(String name, String... labels) {
        return text.lines()
                .filter(line -> line.startsWith(name + "{"))
                .filter(line -> List.of(labels).stream().allMatch(line::contains))
                .collect(Collectors.toList());
    }
}
