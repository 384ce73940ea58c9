package io.gradstep.examples;

import java.io.PrintWriter;

/** Prints what a comparison found: tables, and what their columns mean. ASCII only, for any terminal. */
final class ComparisonReport {
    private static final int WIDTH = 110;

    private final ComparisonResult result;
    private final Environment environment;

    ComparisonReport(ComparisonResult result, Environment environment) {
        this.result = result;
        this.environment = environment;
    }

    void print(PrintWriter out) {
        ComparisonTables tables = new ComparisonTables(result);
        ComparisonWords words = new ComparisonWords(result);
        if (!result.isEmpty()) {
            ComparisonTables.lines(tables.trainings()).forEach(out::println);
            out.println();
            words.trainings().forEach(paragraph -> wrapped(paragraph, out));
            out.println();
        }
        if (!LargeStep.among(result.costs()).isEmpty()) {
            ComparisonTables.lines(tables.costs()).forEach(out::println);
            out.println();
            words.costs().forEach(paragraph -> wrapped(paragraph, out));
            out.println();
        }
        words.omissions().forEach(out::println);
        words.facts(environment).forEach((name, value) -> out.println(name + ": " + value));
        out.flush();
    }

    private static void wrapped(String paragraph, PrintWriter out) {
        StringBuilder line = new StringBuilder();
        for (String word : paragraph.split(" ", -1)) {
            if (line.length() + 1 + word.length() > WIDTH) {
                out.println(line);
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        out.println(line);
    }
}
