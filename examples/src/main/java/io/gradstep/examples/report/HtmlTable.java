package io.gradstep.examples.report;

import java.util.List;

/**
 * A table: the first column is text to the left, which names its row; the others stand to the right.
 *
 * @param header the names of the columns, at least one
 * @param rows each with as many cells as the header; or with two, the name of the row and a text in place of all others
 */
public record HtmlTable(List<String> header, List<List<String>> rows) {
    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if there is no column, or a row has another number of cells
     */
    public HtmlTable {
        header = List.copyOf(header);
        rows = rows.stream().map(List::copyOf).toList();
        if (header.isEmpty()) {
            throw new IllegalArgumentException("A table must have a column. Received: none.");
        }
        for (List<String> row : rows) {
            if (row.size() != header.size() && row.size() != 2) {
                throw new IllegalArgumentException("A row must have " + header.size()
                        + " cells, or 2, of which the second stands for all others. Received: " + row + ".");
            }
        }
    }
}
