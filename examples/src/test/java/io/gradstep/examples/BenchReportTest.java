package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

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
                            .filter(line -> line.matches(".* 16M +2 +plain .*") || line.contains("library's")))
                    .containsExactly(
                            "                 size  threads    settings      time  GB/s  time / bandwidth  hand loop / time  library's / time",
                            "bandwidth         16M        2       plain   8.00 ms  41.9              1.00              2.00                 -",
                            "hand loop         16M        2       plain  16.00 ms  21.0              2.00              1.00                 -",
                            "reference fused   16M        2       plain  10.00 ms  33.6              1.25              1.60                 -",
                            "nd4j eager        16M        2       plain   2.00 s    0.2            250.00              0.01              1.50",
                            "djl fused         16M        2       plain  20.00 ms  16.8              2.50              0.80              4.00",
                            "ND4J RmsProp      16M        2   library's   3.00 s    0.1                 -                 -                 -",
                            "DJL Adam          16M        2   library's  80.00 ms   5.9                 -                 -                 -");
        } finally {
            Locale.setDefault(usual);
        }
    }

    private static String[] ours(String backend, String execution) {
        return new String[] {"size=16M", "threads=2", "settings=plain", "backend=" + backend, "execution=" + execution};
    }

    @Test
    void what_was_not_run_is_left_out_and_its_ratios_are_dashes() {
        assertThat(report(measured(1234, "OurStep", ours("reference", "fused"))))
                .containsSubsequence(
                        "Time of a step",
                        "reference fused",
                        "1.23 us",
                        "                 -                 -                 -")
                .doesNotContain("\nbandwidth", "nd4j", "Many tensors", "Kernels", "First step");
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
