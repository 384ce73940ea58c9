package io.gradstep.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

/** What {@code bench --quick} shortens, so that each row of the summary is there in two minutes. */
final class QuickRun {
    private static final int WARM_UP = 350;
    private static final int MEASURED = 200;
    private static final String MEGABYTES = "megabytes";

    /**
     * One thing that is shortened, unless the user has said how it is to be.
     *
     * @param isChosen whether the user has
     * @param setting shortens it
     * @param words says so in the summary
     */
    private record Shortened(Predicate<Options> isChosen, Consumer<ChainedOptionsBuilder> setting, String words) {}

    private static final List<Shortened> ALL = List.of(
            new Shortened(
                    user -> user.getForkCount().hasValue(),
                    options -> options.forks(0),
                    "all rows in this one JVM, where what ran before counts for what the compiler makes of the next"),
            new Shortened(
                    user -> user.getWarmupIterations().hasValue(),
                    options -> options.warmupIterations(1),
                    "1 iteration of warm-up: a kernel that seems not vectorised may not have been compiled yet"),
            new Shortened(
                    user -> user.getWarmupTime().hasValue(),
                    options -> options.warmupTime(TimeValue.milliseconds(WARM_UP)),
                    WARM_UP + " ms for it"),
            new Shortened(
                    user -> user.getMeasurementIterations().hasValue(),
                    options -> options.measurementIterations(1),
                    "1 iteration measured"),
            new Shortened(
                    user -> user.getMeasurementTime().hasValue(),
                    options -> options.measurementTime(TimeValue.milliseconds(MEASURED)),
                    MEASURED + " ms for it, or one step if that takes longer"),
            new Shortened(
                    user -> user.getParameter(MEGABYTES).hasValue(),
                    options -> options.param(MEGABYTES, "64"),
                    "files of 64 MB"));

    private QuickRun() {}

    /** Shortens what the user has not chosen. */
    static void shorten(Options user, ChainedOptionsBuilder options) {
        notChosen(user).forEach(shortened -> shortened.setting().accept(options));
    }

    /** What has been shortened, in lines for the summary. */
    static List<String> notes(Options user) {
        List<String> lines = new ArrayList<>();
        lines.add("--quick, and so rough:");
        notChosen(user).forEach(shortened -> lines.add("  - " + shortened.words()));
        lines.add("Times of single rows are off by tens of percent; without --quick they are not.");
        return lines;
    }

    private static List<Shortened> notChosen(Options user) {
        return ALL.stream()
                .filter(shortened -> !shortened.isChosen().test(user))
                .toList();
    }
}
