package io.gradstep.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text in columns: the first to the left, the others, which are numbers, to the right. */
final class Table {
    private static final String GAP = "  ";

    private final int columns;
    private final List<List<String>> rows = new ArrayList<>();

    Table(int columns) {
        this.columns = columns;
    }

    void row(String... cells) {
        if (cells.length != columns) {
            throw new IllegalArgumentException("A row must have " + columns + " cells. Received: " + List.of(cells));
        }
        rows.add(List.of(cells));
    }

    List<String> lines() {
        int[] widths = IntStream.range(0, columns)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream()
                .map(row -> IntStream.range(0, columns)
                        .mapToObj(column -> padded(row.get(column), widths[column], column == 0))
                        .collect(Collectors.joining(GAP)))
                .map(String::stripTrailing)
                .toList();
    }

    private static String padded(String cell, int width, boolean left) {
        String padding = " ".repeat(width - cell.length());
        return left ? cell + padding : padding + cell;
    }
}
