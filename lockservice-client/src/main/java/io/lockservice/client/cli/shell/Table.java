package io.lockservice.client.cli.shell;

import java.util.ArrayList;
import java.util.List;

/** Rows with aligned columns. */
public final class Table {
    private static final String GAP = "  ";

    private final Console console;
    private final List<List<String>> rows = new ArrayList<>();

    /** A table with these column titles. */
    public Table(Console console, String... titles) {
        this.console = console;
        rows.add(List.of(titles));
    }

    /** Adds a row with a cell for each column. */
    public void row(String... cells) {
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(Console.plain(cell));
        }
        rows.add(row);
    }

    /** Prints it: the titles too, so that an empty table says what it would list. */
    public void print() {
        for (int r = 0; r < rows.size(); r++) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < rows.get(r).size(); c++) {
                String cell = rows.get(r).get(c);
                line.append(c == 0 ? "" : GAP).append(cell);
                line.append(" ".repeat(width(c) - length(cell)));
            }
            String text = line.toString().stripTrailing();
            console.line(r == 0 ? console.strong(text) : text);
        }
    }

    private int width(int column) {
        return rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }
}
