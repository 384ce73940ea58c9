package io.gradstep.optim;

import io.gradstep.ops.Shape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Arrays that are wanted beside those that were received, to see at once where they differ. */
final class FitTable {
    private static final int MOST_ROWS = 50;

    /** An array without its values. */
    record Entry(String name, Shape shape) {
        @Override
        public String toString() {
            return name + " " + shape;
        }
    }

    /** One of both may be null. */
    private record Row(Entry wanted, Entry received) {
        boolean fits() {
            return wanted != null && received != null && wanted.shape.equals(received.shape);
        }
    }

    private final List<Row> rows;

    private FitTable(List<Row> rows) {
        this.rows = rows;
    }

    static FitTable byPosition(List<Entry> wanted, List<Entry> received) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < Math.max(wanted.size(), received.size()); i++) {
            rows.add(new Row(i < wanted.size() ? wanted.get(i) : null, i < received.size() ? received.get(i) : null));
        }
        return new FitTable(rows);
    }

    /** Where a name comes twice, it has no partner. */
    static FitTable byName(List<Entry> wanted, List<Entry> received) {
        Map<String, Deque<Entry>> left = new LinkedHashMap<>();
        received.forEach(entry ->
                left.computeIfAbsent(entry.name, unused -> new ArrayDeque<>()).add(entry));
        List<Row> rows = new ArrayList<>();
        for (Entry entry : wanted) {
            Deque<Entry> partners = left.getOrDefault(entry.name, new ArrayDeque<>());
            boolean isAmbiguous = partners.size() > 1;
            rows.add(new Row(entry, isAmbiguous ? null : partners.poll()));
        }
        left.values().forEach(partners -> partners.forEach(entry -> rows.add(new Row(null, entry))));
        return new FitTable(rows);
    }

    boolean fits() {
        return rows.stream().allMatch(Row::fits);
    }

    /** One line for each row; of a long table those that do not fit. */
    @Override
    public String toString() {
        List<Row> shown = rows.size() <= MOST_ROWS
                ? rows
                : rows.stream().filter(row -> !row.fits()).limit(MOST_ROWS).toList();
        int width = shown.stream()
                .mapToInt(row -> String.valueOf(row.wanted).length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        for (Row row : shown) {
            String line = String.format("  %-" + Math.max(width, 1) + "s  %s", or(row.wanted), or(row.received));
            text.append(line).append(row.fits() ? "" : "  <- does not fit").append('\n');
        }
        return text + (shown.size() < rows.size() ? "  and " + (rows.size() - shown.size()) + " more" : "");
    }

    private static String or(Entry entry) {
        return entry == null ? "(none)" : entry.toString();
    }
}
