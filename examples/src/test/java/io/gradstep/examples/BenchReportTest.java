package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchReportTest {
    /** {@code key=value} pairs. */
    private static Measurement measured(double nanos, String benchmark, String... parameters) {
        Map<String, String> map = new HashMap<>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            map.put(parameter.substring(0, equals), parameter.substring(equals + 1));
        }
        return new Measurement(benchmark, map, nanos);
    }

    private static String report(Measurement... measurements) {
        StringWriter text = new StringWriter();
        new BenchReport(new Measurements(List.of(measurements)), List.of("A note.")).print(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void ratios_are_of_the_rows_that_belong_together() {
        Locale usual = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try {
            assertThat(report(
                                    measured(8e6, "Bandwidth", "size=16M", "threads=2", "settings=plain"),
                                    measured(9e9, "Bandwidth", "size=16M", "threads=1", "settings=plain"),
                                    measured(9e9, "Bandwidth", "size=16M", "threads=2", "settings=everything"),
                                    measured(16e6, "HandLoop", "size=16M", "threads=2", "settings=plain"),
                                    measured(10e6, "OurStep", ours("reference", "fused")),
                                    measured(2e9, "OurStep", ours("nd4j", "eager")),
                                    measured(20e6, "OurStep", ours("djl", "fused")),
                                    measured(3e9, "Nd4jRmsProp", "size=16M", "threads=2"),
                                    measured(80e6, "DjlAdam", "size=16M", "threads=2"))
                            .lines()
                            .filter(line -> line.matches(".* 16M +2 +(plain|library's) .*") || line.contains("  size "))
                            .limit(8))
                    .containsExactly(
                            "                 size  threads    settings      time  GB/s  of bandwidth  hand loop / time      peer  peer / time  not the same",
                            "bandwidth         16M        2       plain   8.00 ms  41.9         100 %              2.00         -            -             -",
                            "hand loop         16M        2       plain  16.00 ms  21.0          50 %              1.00         -            -             -",
                            "reference fused   16M        2       plain  10.00 ms  33.6          80 %              1.60         -            -             -",
                            "nd4j eager        16M        2       plain   2.00 s    0.2           0 %              0.01   3.00 s          1.50       epsilon",
                            "djl fused         16M        2       plain  20.00 ms  16.8          40 %              0.80  80.00 ms         4.00          rule",
                            "ND4J RmsProp      16M        2   library's   3.00 s    0.1           0 %                 -         -            -             -",
                            "DJL Adam          16M        2   library's  80.00 ms   5.9          14 %                 -         -            -             -");
        } finally {
            Locale.setDefault(usual);
        }
    }

    private static String[] ours(String backend, String execution) {
        return new String[] {"size=16M", "threads=2", "settings=plain", "backend=" + backend, "execution=" + execution};
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nd4j      | Nd4jRmsProp | plain      | 2.00 | epsilon
            nd4j      | Nd4jRmsProp | everything | 2.00 | epsilon, settings
            djl       | DjlAdam     | plain      | 2.00 | rule
            djl       | DjlAdam     | momentum   | 2.00 | rule, settings
            nd4j      | DjlAdam     | plain      | -    | -
            reference | Nd4jRmsProp | plain      | -    | -
            """)
    void a_row_says_in_what_the_peer_is_not_the_same(
            String backend, String peer, String settings, String ratio, String difference) {
        String report = report(
                measured(
                        10e6,
                        "OurStep",
                        "size=16M",
                        "threads=2",
                        "settings=" + settings,
                        "backend=" + backend,
                        "execution=fused"),
                measured(20e6, peer, "size=16M", "threads=2"));

        assertThat(report.lines().filter(line -> line.startsWith(backend + " fused  ")))
                .singleElement()
                .asString()
                .endsWith("  " + ratio
                        + " ".repeat(1 + Math.max("not the same".length(), difference.length()) - difference.length())
                        + " " + difference);
    }

    @Test
    void the_end_says_in_short_how_plain_steps_compare() {
        assertThat(report(
                                measured(8e6, "Bandwidth", "size=16M", "threads=2", "settings=plain"),
                                measured(10e6, "OurStep", ours("nd4j", "fused")),
                                measured(16e6, "OurStep", ours("djl", "fused")),
                                measured(60e6, "Nd4jRmsProp", "size=16M", "threads=2"),
                                measured(5e3, "DjlAdam", "size=1000", "threads=2"),
                                measured(7e3, "Nd4jRmsProp", "size=1M", "threads=1"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("In short")))
                .containsExactly(
                        "In short: steps with plain settings, threads: 2",
                        "",
                        "                           1000   16M  not the same",
                        "ND4J RmsProp / nd4j fused     -  6.00       epsilon",
                        "nd4j fused, of bandwidth      -  80 %",
                        "djl fused, of bandwidth       -  50 %",
                        "",
                        "A note.");
    }

    @Test
    void networks_and_models_are_compared_with_the_optimizer_of_their_library() {
        assertThat(report(
                                measured(100e3, "Dl4jUpdate", "updater=dl4j", "network=1M", "threads=2"),
                                measured(20e3, "Dl4jUpdate", "updater=plain", "network=1M", "threads=2"),
                                measured(50e3, "Dl4jUpdate", "updater=everything", "network=1M", "threads=2"),
                                measured(9e3, "Dl4jUpdate", "updater=plain", "network=1000", "threads=2"),
                                measured(30e3, "DjlUpdate", "optimizer=adam", "by=trainer", "network=1M", "threads=2"),
                                measured(10e3, "DjlUpdate", "optimizer=plain", "by=trainer", "network=1M", "threads=2"))
                        .lines()
                        .filter(line -> !line.isEmpty()))
                .containsExactly(
                        "Update of a network of DL4J",
                        "                  network  threads       time       peer  peer / time       not the same",
                        "ours, plain          1000        2    9.00 us          -            -                  -",
                        "DL4J's RmsProp         1M        2  100.00 us          -            -                  -",
                        "ours, plain            1M        2   20.00 us  100.00 us         5.00            epsilon",
                        "ours, everything       1M        2   50.00 us  100.00 us         2.00  epsilon, settings",
                        "Step of a model of DJL",
                        "                             network  threads      time      peer  peer / time  not the same",
                        "DJL's Adam, by the trainer        1M        2  30.00 us         -            -             -",
                        "ours, plain, by the trainer       1M        2  10.00 us  30.00 us         3.00          rule",
                        "A note.");
    }

    @Test
    void what_was_not_run_is_left_out_and_its_ratios_are_dashes() {
        assertThat(report(measured(1234, "OurStep", ours("reference", "fused"))))
                .containsSubsequence(
                        "Time of a step",
                        "reference fused",
                        "1.23 us",
                        "             -                 -     -            -             -")
                .doesNotContain("\nbandwidth", "nd4j", "Many tensors", "Kernels", "First step", "In short");
        assertThat(report().strip()).isEqualTo("A note.");
    }

    @Test
    void many_tensors_are_compared_by_parameter() {
        assertThat(report(
                                measured(25_557_032, "Bandwidth", "size=resnet50", "threads=2", "settings=plain"),
                                measured(8_388_608, "Bandwidth", "size=16M", "threads=2", "settings=plain"),
                                measured(1, "HandLoop", "size=resnet50", "threads=2", "settings=plain"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("Many tensors")))
                .containsExactly(
                        "Many tensors: nanoseconds per parameter",
                        "",
                        "           threads  settings  161 tensors (resnet50)  1 tensor (16M)  161 tensors / 1 tensor",
                        "bandwidth        2     plain                   1.000           0.500                    2.00",
                        "",
                        "A note.");
    }

    @Test
    void a_kernel_that_is_hardly_faster_than_the_interpreter_is_named() {
        assertThat(report(
                                measured(60_000, "KernelHealth", "settings=plain", "executor=COMPILED"),
                                measured(100_000, "KernelHealth", "settings=plain", "executor=INTERPRETED"),
                                measured(61_000, "KernelHealth", "settings=momentum", "executor=COMPILED"),
                                measured(100_000, "KernelHealth", "settings=momentum", "executor=INTERPRETED"),
                                measured(100_000, "KernelHealth", "settings=centered", "executor=INTERPRETED"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("plain"))
                        .limit(3))
                .containsExactly(
                        "plain     60.00 us    100.00 us                    0.60              ok",
                        "momentum  61.00 us    100.00 us                    0.61  NOT VECTORISED",
                        "centered         -    100.00 us                       -               -");
    }

    @Test
    void tells_the_first_step_of_a_rule() {
        assertThat(report(measured(1_500_000, "FirstStep", "backend=djl"))).contains("djl fused  1.50 ms");
    }

    @Test
    void files_are_compared_with_the_bytes_alone() {
        assertThat(report(
                                measured(400e6, "KerasFiles", "work=plainRead", "megabytes=1024"),
                                measured(500e6, "KerasFiles", "work=read", "megabytes=1024"),
                                measured(2e9, "KerasFiles", "work=readKeras", "megabytes=1024"),
                                measured(1e9, "KerasFiles", "work=plainWrite", "megabytes=1024"),
                                measured(1.1e9, "KerasFiles", "work=write", "megabytes=1024"),
                                measured(1.2e9, "KerasFiles", "work=overwrite", "megabytes=1024"),
                                measured(3e9, "KerasFiles", "work=overwriteKeras", "megabytes=1024"),
                                measured(1e6, "KerasFiles", "work=write", "megabytes=64"))
                        .lines()
                        .dropWhile(line -> !line.startsWith("Files")))
                .containsExactly(
                        "Files of Keras's: 64 MB of weights",
                        "",
                        "                      time   GB/s  time / plain",
                        "write .weights.h5  1.00 ms  67.11             -",
                        "",
                        "Files of Keras's: 1 GB of weights",
                        "",
                        "                            time  GB/s  time / plain",
                        "plain read             400.00 ms  2.68          1.00",
                        "read .weights.h5       500.00 ms  2.15          1.25",
                        "read .keras              2.00 s   0.54          5.00",
                        "plain write              1.00 s   1.07          1.00",
                        "write .weights.h5        1.10 s   0.98          1.10",
                        "overwrite .weights.h5    1.20 s   0.89          1.20",
                        "overwrite .keras         3.00 s   0.36          3.00",
                        "",
                        "A note.");
    }
}
