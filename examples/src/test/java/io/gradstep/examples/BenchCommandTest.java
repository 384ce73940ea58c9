package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs JMH in this JVM, for as short as it can. What JMH itself prints goes to standard output. */
class BenchCommandTest {
    private record Run(int exitCode, String out, String err) {
        static Run of(String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
            return new Run(exitCode, out.toString(), err.toString());
        }
    }

    @TempDir
    private Path folder;

    private Run shortest(String options) {
        List<String> args =
                new ArrayList<>(List.of("bench", "-f", "0", "-wi", "0", "-i", "2", "-r", "1ms", "-v", "SILENT"));
        args.addAll(List.of(options.split(" ")));
        return Run.of(args.toArray(String[]::new));
    }

    @Test
    void measures_and_writes_the_file_that_the_options_of_jmh_ask_for() throws IOException {
        Path file = folder.resolve("result.json");

        Run run = shortest(
                "-p size=1000 -p threads=1 -p settings=plain -p network=1000 -p megabytes=1 -rf json -rff " + file);

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().filter(line -> line.matches(".* 1000 +1 +(plain|library's) .*")))
                .extracting(line -> line.replaceAll(" +1000 .*", ""))
                .containsExactly(
                        "bandwidth",
                        "hand loop",
                        "reference fused",
                        "reference eager",
                        "nd4j fused",
                        "nd4j eager",
                        "djl fused",
                        "djl eager",
                        "ND4J RmsProp",
                        "DJL Adam");
        assertThat(run.out())
                .containsPattern("plain +[\\d.]+ [um]s +[\\d.]+ [um]s +[\\d.]+ +(ok|NOT VECTORISED)")
                .containsPattern("reference fused +[\\d.]+ [um]s\\R")
                .containsPattern(
                        "ours, everything +1000 +1 +[\\d.]+ [um]s +[\\d.]+ [um]s +[\\d.]+ +epsilon, settings\\R")
                .containsPattern("DJL's Adam, by the trainer +1000 +1 +[\\d.]+ [um]s +- +- +-\\R")
                .containsPattern(
                        "ours, everything, by the optimizer +1000 +1 +[\\d.]+ [um]s +[\\d.]+ [um]s +[\\d.]+ +rule, settings\\R")
                .containsPattern("Files of Keras's: 1 MB of weights\\R\\R +time +GB/s +time / plain\\R")
                .containsPattern("overwrite .weights.h5 +[\\d.]+ [ums]s +[\\d.]+ +[\\d.]+\\R")
                .contains(
                        "DJL's own RmsProp on PyTorch: throws java.lang.UnsupportedOperationException: Not implemented.")
                .contains("In this JVM, fused steps on reference are run ")
                .contains("OMP_WAIT_POLICY")
                .contains("Machine: ");
        JsonArray results = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        assertThat(results).hasSize(2 + 6 + 2 + 2 + 1 + 3 + 6 + 7);
        assertThat(results)
                .allSatisfy(result -> assertThat(result.getAsJsonObject()
                                .get("measurementIterations")
                                .getAsInt())
                        .isEqualTo(2));
    }

    @Test
    void a_quick_run_has_its_rows_and_says_what_was_shortened() {
        Run run = Run.of(
                "bench", "--quick", "-v", "SILENT", "-i", "2", "HandLoop", "-p", "size=1000", "-p", "settings=plain");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .containsPattern("hand loop +1000 +2 +plain +[\\d.]+ [um]s ")
                .contains("--quick, and so rough:", "  - all rows in this one JVM", "  - files of 64 MB", "forks: 0")
                .doesNotContain("  - 1 iteration measured");
    }

    @Test
    void runs_only_what_is_asked_for() {
        Run run = shortest("Loop$ HandLoop -p size=1000 -p settings=momentum -p threads=2 -prof gc");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("hand loop  1000        2  momentum").doesNotContain("\nbandwidth", "DJL's own");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    bench -nonsense                  | JMH does not understand the command line: n is not a recognized option. See: gradstep bench --help
                    bench -i many                    | JMH does not understand the command line
                    bench -p size=2M                 | -p size must be among 1000, 1M, 16M, resnet50, several separated by commas. Received: 2M
                    bench -p backend=nd4j,jax        | -p backend must be among reference, nd4j, djl, several separated by commas. Received: jax
                    bench -p execution=lazy          | -p execution must be among fused, eager
                    bench -p settings=all            | -p settings must be among plain, momentum, centered, everything
                    bench -p threads=0               | -p threads must be a whole number from 1 on. Received: 0
                    bench -p megabytes=0             | -p megabytes must be a whole number from 1 on. Received: 0
                    bench -p megabytes=1.5           | -p megabytes must be a whole number from 1 on. Received: 1.5
                    bench -p work=copy               | -p work must be among read, plainRead, write, overwrite, plainWrite, readKeras, overwriteKeras
                    bench -p optimizer=sgd           | -p optimizer must be among adam, plain, everything
                    bench -p seize=1M                | -p seize: no benchmark has this parameter. There are backend, by, execution, executor, megabytes, network, optimizer, settings, size, threads, updater, work. Received: seize=1M
                    bench -p by=hand                 | -p by must be among optimizer, trainer
                    bench -bm zz                     | JMH does not understand the command line: Unable to parse benchmark mode: "zz"
                    bench -o /no/folder/x HandLoop   | JMH cannot write its output:
                    bench -t 2                       | For several threads within a step use -p threads=N. Received: -t 2
                    bench -f 0 Nix                   | No benchmark has a name that matches [Nix]. See: gradstep bench -l
                    """)
    void refuses_in_one_line(String commandLine, String message) {
        Run run = Run.of(commandLine.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("gradstep: ").contains(message);
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void files_are_measured_and_deleted() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> before = leftIn(temporary);

        Run run = shortest("KerasFiles -p megabytes=1,2 -p work=plainRead,readKeras,plainWrite,overwriteKeras");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(line -> line.replaceAll(" {2,}.*", "")))
                .containsSubsequence(
                        "Files of Keras's: 1 MB of weights",
                        "plain read",
                        "read .keras",
                        "plain write",
                        "overwrite .keras",
                        "Files of Keras's: 2 MB of weights",
                        "plain read",
                        "read .keras",
                        "plain write",
                        "overwrite .keras");
        assertThat(run.out()).contains("plain read: the bytes of the file").doesNotContain("A step is");
        assertThat(leftIn(temporary)).isEqualTo(before);
    }

    private static List<Path> leftIn(Path temporary) throws IOException {
        String prefix = "gradstep-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"-h", "--help"})
    void help_says_what_is_measured_and_how_long_it_takes(String option) {
        Run run = Run.of("bench", option);

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("JMH's options")
                .contains("minutes", "--quick")
                .contains("1000,1M,16M,resnet50", "plainWrite,readKeras,overwriteKeras");
    }

    @ParameterizedTest
    @CsvSource({"-l", "-lp", "-lrf", "-lprof"})
    void lists_what_jmh_lists(String option) {
        assertThat(Run.of("bench", option)).isEqualTo(new Run(0, "", ""));
    }
}
