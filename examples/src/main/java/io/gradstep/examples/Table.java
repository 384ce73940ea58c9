package io.gradstep.examples;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Text in columns: the first to the left, the others, which are numbers, to the right. */
final class Table {
    private static final String GAP = "  ";

    private final int columns;
    private final List<List<String>> rows = new ArrayList<>();
    private final Map<Integer, String> texts = new HashMap<>();

    Table(int columns) {
        this.columns = columns;
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("A row must have " + columns + " cells. Received: " + List.of(cells));
        }
        rows.add(List.of(cells));
    }

    /** A row that has a text in place of all cells but the first. It may be wider than they are. */
    void row(String first, String text) {
        texts.put(rows.size(), text);
        rows.add(Stream.concat(Stream.of(first), Stream.generate(() -> "").limit(columns - 1L))
                .toList());
    }

    List<String> lines() {
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return IntStream.range(0, rows.size())
                .mapToObj(row -> line(row, widths))
                .map(String::stripTrailing)
                .toList();
    }

    private String line(int row, int[] widths) {
        List<String> cells = rows.get(row);
        if (texts.containsKey(row)) {
            return padded(cells.get(0), widths[0], true) + GAP + texts.get(row);
        }
        return IntStream.range(0, columns)
                .mapToObj(column -> padded(cells.get(column), widths[column], column == 0))
                .collect(Collectors.joining(GAP));
    }

    private static String padded(String cell, int width, boolean left) {
        String padding = " ".repeat(width - cell.length());
        return left ? cell + padding : padding + cell;
    }
}
