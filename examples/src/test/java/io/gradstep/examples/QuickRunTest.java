package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

class QuickRunTest {
    private static CommandLineOptions user(String... arguments) throws Exception {
        return new CommandLineOptions(arguments);
    }

    private static String shortened(CommandLineOptions user) {
        OptionsBuilder options = new OptionsBuilder();
        options.parent(user);
        QuickRun.shorten(user, options);
        List<String> all = new ArrayList<>();
        all.add(options.getForkCount().get().toString());
        all.add(options.getWarmupIterations().get().toString());
        all.add(milliseconds(options.getWarmupTime().get()));
        all.add(options.getMeasurementIterations().get().toString());
        all.add(milliseconds(options.getMeasurementTime().get()));
        all.addAll(options.getParameter("megabytes").get());
        return String.join(" ", all);
    }

    private static String milliseconds(TimeValue time) {
        return Long.toString(time.convertTo(TimeUnit.MILLISECONDS));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Bandwidth         | 0 1 350 1 200 64
            -f 2              | 2 1 350 1 200 64
            -wi 7             | 0 7 350 1 200 64
            -w 3s             | 0 1 3000 1 200 64
            -i 9              | 0 1 350 9 200 64
            -r 20ms           | 0 1 350 1 20 64
            -p megabytes=1,2  | 0 1 350 1 200 1 2
            """)
    void what_the_user_chooses_is_not_shortened(String arguments, String expected) throws Exception {
        CommandLineOptions user = user(arguments.split(" "));

        assertThat(shortened(user)).isEqualTo(expected);
        assertThat(QuickRun.notes(user)).hasSize(arguments.startsWith("-") ? 7 : 8);
    }

    /** Else rows would be missing. */
    @Test
    void no_benchmark_and_none_of_their_parameters_is_left_out() throws Exception {
        OptionsBuilder options = new OptionsBuilder();
        QuickRun.shorten(user(), options);

        assertThat(options.getIncludes()).isEmpty();
        assertThat(options.getExcludes()).isEmpty();
        for (String name : List.of(
                "size",
                "threads",
                "backend",
                "execution",
                "settings",
                "updater",
                "optimizer",
                "by",
                "network",
                "work")) {
            assertThat(options.getParameter(name).hasValue()).as(name).isFalse();
        }
    }
}
