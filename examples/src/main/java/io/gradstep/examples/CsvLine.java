package io.gradstep.examples;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.util.List;

/**
 * One record of a CSV text.
 *
 * @param number the number of the line it begins on, from 1
 * @param fields its fields, without quotes and surrounding blanks
 */
record CsvLine(long number, List<String> fields) {
    CsvLine {
        fields = List.copyOf(fields);
    }

    /**
     * All lines of a text but the blank ones.
     *
     * @param name where the text comes from, for errors
     * @throws UserError if something follows a quoted field before the comma
     */
    static List<CsvLine> all(String name, String text) {
        try {
            return CsvReader.builder().acceptCharsAfterQuotes(false).ofCsvRecord(text).stream()
                    .map(CsvLine::of)
                    .filter(line -> !line.isBlank())
                    .toList();
        } catch (CsvParseException e) {
            Throwable what = e.getCause() == null ? e : e.getCause();
            throw new UserError(
                    name + " is no CSV text. " + e.getMessage() + ": " + what.getMessage()
                            + ". Put the whole field between quotes",
                    e);
        }
    }

    private static CsvLine of(CsvRecord record) {
        return new CsvLine(
                record.getStartingLineNumber(),
                record.getFields().stream().map(String::strip).toList());
    }

    private boolean isBlank() {
        return size() == 1 && field(0).isEmpty();
    }

    int size() {
        return fields.size();
    }

    String field(int column) {
        return fields.get(column);
    }

    String last() {
        return fields.get(fields.size() - 1);
    }

    List<String> allButLast() {
        return fields.subList(0, fields.size() - 1);
    }
}
