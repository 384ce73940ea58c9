package io.gradstep.examples;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Makes a data set of CSV text: numbers, and in the last column the class, a number or a word.
 *
 * <p>A first line with a word in one of the other columns is a header. A first line such as
 * {@code 569,30,malignant,benign} is one too: it says how many rows and columns follow and what the classes 0, 1, … are
 * called. That is how scikit-learn stores its data sets.
 */
final class CsvDataset {
    /** Fewer leave a test part of one row. */
    private static final int FEWEST_ROWS = 10;

    private final String name;
    private final List<CsvLine> records;

    private CsvDataset(String name, List<CsvLine> records) {
        this.name = name;
        this.records = records;
    }

    /**
     * Reads a text.
     *
     * @param name where it comes from, for errors
     * @param source what stands in the report
     * @param text the text
     * @throws UserError if it has not this form; the message names the line
     */
    static Dataset parse(String name, String source, String text) {
        return new CsvDataset(name, CsvLine.all(name, text)).dataset(source);
    }

    private Dataset dataset(String source) {
        if (records.isEmpty()) {
            throw new UserError(name + " is empty. " + rule());
        }
        CsvLine first = records.get(0);
        if (isCountedHeader(first)) {
            return counted(first, source);
        }
        List<CsvLine> rows = isHeader(first) ? records.subList(1, records.size()) : records;
        checkShape(rows, first.size(), "line " + first.number() + " has " + first.size());
        List<String> classes = classes(rows);
        Map<String, Integer> numbers = new LinkedHashMap<>();
        classes.forEach(label -> numbers.put(label, numbers.size()));
        return new Dataset(name, source, classes, examples(rows, row -> numbers.get(className(row))));
    }

    // ---- the header that counts

    private static boolean isCountedHeader(CsvLine first) {
        return first.size() >= 4
                && first.fields().stream().limit(2).allMatch(CsvDataset::isCount)
                && first.fields().stream().skip(2).allMatch(field -> FieldKind.of(field) == FieldKind.WORD);
    }

    private static boolean isCount(String field) {
        return field.matches("\\d{1,9}");
    }

    private Dataset counted(CsvLine header, String source) {
        int announcedRows = Integer.parseInt(header.field(0));
        int announcedColumns = Integer.parseInt(header.field(1));
        List<String> classes = header.fields().subList(2, header.size());
        List<CsvLine> rows = records.subList(1, records.size());
        checkShape(
                rows,
                announcedColumns + 1,
                "line " + header.number() + " announces " + announcedColumns + " and a class");
        if (rows.size() != announcedRows) {
            throw error(
                    header,
                    "announces " + announcedRows + " rows, but " + rows.size()
                            + " follow. Correct the number, or get the whole file");
        }
        return new Dataset(name, source, classes, examples(rows, row -> announcedClass(row, classes)));
    }

    private int announcedClass(CsvLine row, List<String> classes) {
        String label = row.last();
        if (!isCount(label) || Integer.parseInt(label) >= classes.size()) {
            throw error(
                    row,
                    "the class must be a number from 0 to " + (classes.size() - 1) + ", for " + classes + ". Received: "
                            + shown(label));
        }
        return Integer.parseInt(label);
    }

    // ---- any other file

    private static boolean isHeader(CsvLine first) {
        return first.allButLast().stream().anyMatch(field -> FieldKind.of(field) == FieldKind.WORD);
    }

    /** In the order of their numbers, or of the alphabet. */
    private List<String> classes(List<CsvLine> rows) {
        List<String> classes = rows.stream().map(this::className).distinct().toList();
        if (classes.size() > rows.size() / 2) {
            throw new UserError(name + ": the last column has " + classes.size() + " different values in " + rows.size()
                    + " rows. It must hold the class. " + rule());
        }
        boolean numbers = classes.stream().allMatch(label -> FieldKind.of(label) == FieldKind.NUMBER);
        return classes.stream()
                .sorted(numbers ? Comparator.comparing(BigDecimal::new) : Comparator.naturalOrder())
                .toList();
    }

    /** Numbers are one class however they are written: 1, 1.0, 01. */
    private String className(CsvLine row) {
        String label = row.last();
        return switch (FieldKind.of(label)) {
            case WORD -> label;
            case NUMBER -> new BigDecimal(label).stripTrailingZeros().toPlainString();
            case MISSING ->
                throw error(
                        row,
                        "the class in the last column is missing. Received: " + shown(label)
                                + ". Fill it in or remove the line");
        };
    }

    // ---- both

    private void checkShape(List<CsvLine> rows, int columns, String because) {
        if (columns < 2) {
            throw new UserError(name + ": " + because + " column" + (columns == 1 ? "" : "s") + ". " + rule());
        }
        for (CsvLine row : rows) {
            if (row.size() != columns) {
                throw error(
                        row,
                        row.size() + (row.size() == 1 ? " column, but " : " columns, but ") + because
                                + ". Give all lines the same columns");
            }
        }
        if (rows.size() < FEWEST_ROWS) {
            throw new UserError(name + " has " + rows.size() + " rows of data. At least " + FEWEST_ROWS
                    + " are needed, to have some to test with");
        }
    }

    private List<Dataset.Example> examples(List<CsvLine> rows, ToIntFunction<CsvLine> label) {
        List<Dataset.Example> examples = new ArrayList<>(rows.size());
        rows.forEach(row -> examples.add(new Dataset.Example(features(row), label.applyAsInt(row))));
        if (examples.stream().mapToInt(Dataset.Example::label).distinct().count() < 2) {
            throw new UserError(name + ": every row has the class "
                    + shown(rows.get(0).last()) + ". A classifier needs at least two classes in the last column");
        }
        return examples;
    }

    private float[] features(CsvLine row) {
        float[] features = new float[row.size() - 1];
        IntStream.range(0, features.length).forEach(column -> features[column] = feature(row, column));
        return features;
    }

    private float feature(CsvLine row, int column) {
        String field = row.field(column);
        if (FieldKind.of(field) != FieldKind.NUMBER) {
            throw error(
                    row,
                    "column " + (column + 1) + " must be a finite number. Received: " + shown(field)
                            + ". Correct it or remove the line");
        }
        float number = Float.parseFloat(field);
        if (Float.isInfinite(number)) {
            throw error(
                    row,
                    "column " + (column + 1) + " is too large for float32, which ends at 3.4e38. Received: "
                            + shown(field) + ". Use a larger unit");
        }
        return number;
    }

    private UserError error(CsvLine row, String what) {
        return new UserError(name + ", line " + row.number() + ": " + what);
    }

    private static String shown(String field) {
        return field.isEmpty() ? "nothing" : "\"" + field + "\"";
    }

    private static String rule() {
        return "Each line must hold one or more numbers and then the class, separated by commas";
    }
}
