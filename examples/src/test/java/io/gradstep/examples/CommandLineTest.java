package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Option;

class CommandLineTest {
    /** What a command line did. */
    private record Run(int exitCode, String out, String err) {
        static Run of(String... args) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), args);
            return new Run(exitCode, out.toString(), err.toString());
        }

        void isRefusedWith(String message) {
            assertThat(exitCode).isEqualTo(2);
            assertThat(out).isEmpty();
            assertThat(err).contains(message).startsWith("gradstep: ").endsWith(System.lineSeparator());
            assertThat(err.lines()).hasSize(1);
        }
    }

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    comprae                           | There is no command comprae. Did you mean compare?
                    --nonsense                        | There is no option --nonsense
                    compare --epoch 3                 | There is no option --epoch. Did you mean --epochs or --epsilon? See: gradstep compare --help
                    compare digits                    | The command compare takes options only. Received: digits
                    compare --epochs 0                | '--epochs': must be a whole number from 1 to 100000. Received: 0
                    compare --epochs -1               | must be a whole number from 1 to 100000. Received: -1
                    compare --epochs abc              | must be a whole number from 1 to 100000. Received: abc
                    compare --epochs 1e3              | must be a whole number from 1 to 100000. Received: 1e3
                    compare --epochs 99999999999        | must be a whole number from 1 to 100000. Received: 99999999999
                    compare --epochs                  | Missing required parameter for option '--epochs'
                    compare --epochs 1 --epochs 2     | '--epochs' (N) should be specified only once
                    compare --seed 1.5                | '--seed': must be a whole number of 64 bits. Received: 1.5
                    compare --backends jax            | There is no backend "jax". Choose among reference, nd4j, djl
                    compare --backends Reference      | There is no backend "Reference"
                    compare --backends nd4j,,djl      | A name is empty. Choose among reference, nd4j, djl
                    compare --backends djl,nd4j,djl   | The backend "djl" is named twice. Name it once. Received: djl,nd4j,djl
                    compare --execution lazy          | '--execution' (LIST): expected one of [fused, eager] (case-sensitive) but was 'lazy'
                    compare --execution fused,,eager  | '--execution' (LIST): expected one of [fused, eager] (case-sensitive) but was ''
                    compare --data iris               | there is no data set and no file "iris". Choose among digits, breast-cancer, mnist
                    compare --data mnist              | --data mnist needs --data-dir DIR, the folder with its four files
                    compare --data-dir x              | --data-dir is for --data mnist alone. Leave it out, or choose that. Received: --data digits --data-dir x
                    compare --data mnist --data-dir nosuch | --data-dir must be a folder with the files train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte
                    compare --model rnn               | '--model': expected one of [mlp, cnn, logistic] (case-sensitive) but was 'rnn'
                    compare --model cnn --data breast-cancer | --model cnn needs square images of at least 3x3 pixels
                    compare --precision float16       | '--precision': must be float32 or float64. Received: float16
                    compare --seeds 0                 | '--seeds': must be a whole number from 1 to 100000. Received: 0
                    compare --rho abc                 | '--rho': must be a number, like 0.01 or 1e-7. Received: abc
                    compare --epsilon 1e400           | '--epsilon': must be a number, like 0.01 or 1e-7. Received: 1e400
                    compare --momentum 0,9            | '--momentum': must be a number, like 0.01 or 1e-7. Received: 0,9
                    compare --learning-rate           | Missing required parameter for option '--learning-rate'
                    compare --accumulation 1.5        | '--accumulation': must be a whole number from 1 to 100000. Received: 1.5
                    compare --accumulation 1          | `gradient_accumulation_steps` must be an integer >= 2. Received: gradient_accumulation_steps=1.
                    compare --ema --ema-momentum 1.5  | `ema_momentum` must be in the range [0, 1]. Received: ema_momentum=1.5.
                    compare --clipnorm 1 --clipvalue 2 | Only one of `clipnorm`, `clipvalue` and `global_clipnorm` can be set. Received: clipnorm=1.0, clipvalue=2.0
                    compare --ema-momentum 0.9        | --ema-momentum does nothing without --ema. Add it, or leave out both. Received: --ema-momentum 0.9
                    compare --ema-overwrite-frequency 9 | --ema-overwrite-frequency does nothing without --ema
                    compare --exclude bias            | --exclude does nothing without --weight-decay
                    compare --weight-decay 1 --exclude ( | --exclude must be a regular expression, like bias. Received: (
                    compare --weight-decay 1 --exclude bais | --exclude is found in no weight's name. They are kernel and bias. Received: bais
                    compare --learning-rate 1 --schedule cosine:1,2 | --learning-rate and --schedule cannot both be given. Leave out one. Received: --learning-rate 1.0 --schedule cosine:1,2
                    compare --loss-scale --loss-scale-factor 2 | --loss-scale-factor and --loss-scale cannot both be given
                    compare --loss-scale 8            | --loss-scale must be a number and a whole number, like 32768,2000, or stand alone. Received: 8
                    compare --loss-scale 8,2.5        | --loss-scale must be a number and a whole number, like 32768,2000, or stand alone. Received: 8,2.5
                    compare --loss-scale 8,2,3        | Received: 8,2,3
                    compare --loss-scale=             | or stand alone. Received: nothing
                    compare --schedule linear:1,2     | --schedule: there is no schedule "linear". Choose among exponential, inverse-time, polynomial, cosine, cosine-restarts, piecewise. Received: linear:1,2
                    """)
    void refuses_in_one_line(String commandLine, String message) {
        Run.of(commandLine.split(" ")).isRefusedWith(message);
    }

    @Test
    void refuses_what_is_empty() {
        Run.of("compare", "--backends", "").isRefusedWith("A name is empty. Choose among reference, nd4j, djl");
        Run.of("compare", "--data", "").isRefusedWith("--data: \"\" is a directory");
        Run.of("compare", "--out", "").isRefusedWith("--out must be a folder. Received: nothing");
    }

    @Test
    void refuses_a_line_break_in_one_line() {
        Run.of("compare", "--backends", "nd4j\ndjl").isRefusedWith("There is no backend \"nd4j djl\"");
    }

    @Test
    void refuses_data_with_the_line_that_is_wrong() throws IOException {
        Path file = Files.writeString(folder.resolve("my.csv"), "1,2,a\n3,4,b\n".repeat(5) + "5,a\n");

        Run.of("compare", "--data", file.toString())
                .isRefusedWith(file + ", line 11: 2 columns, but line 1 has 3. Give all lines the same columns");
    }

    @Test
    void refuses_a_folder_that_cannot_be_written_before_the_work_begins() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        Run.of("compare", "--out", file.toString()).isRefusedWith("--out must be a folder. Received: " + file);
        Run.of("compare", "--out", file.resolve("below").toString()).isRefusedWith("--out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare --stacktrace --epochs 0", "compare --backends jax --stacktrace", "--stacktrace x"})
    void shows_the_stack_trace_to_who_asks(String commandLine) {
        Run run = Run.of(commandLine.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).hasSizeGreaterThan(2);
        assertThat(run.err()).contains("\tat io.gradstep.examples.");
    }

    @ParameterizedTest
    @CsvSource({
        "--help, compare",
        "-h, --stacktrace",
        "--version, gradstep",
        "compare --help, --backends",
        "compare -h, --stacktrace",
        "compare --version, JDK"
    })
    void answers_questions(String commandLine, String answer) {
        Run run = Run.of(commandLine.split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(answer);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void without_a_command_shows_how_to_use_it() {
        Run run = Run.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("Usage: gradstep").contains("compare");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void by_default_five_seeds_learn_the_digits(long seed) throws IOException {
        Run run = Run.of(
                "compare",
                "--backends",
                "reference",
                "--execution",
                "eager",
                "--seed",
                "" + seed,
                "--no-costs",
                "--out",
                folder.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(accuracies("comparison.csv", 5))
                .singleElement()
                .satisfies(accuracy -> assertThat(accuracy).isGreaterThanOrEqualTo(0.95));
    }

    @Test
    void compares_all_backends() throws IOException {
        Run run = Run.of("compare", "--epochs", "2", "--no-costs", "--out", folder.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(2).limit(6).toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("reference fused ").matches(".* 0 +0"),
                        line -> assertThat(line).startsWith("reference eager ").endsWith(" -"),
                        line -> assertThat(line).startsWith("nd4j fused ").matches(".* 0 +[\\d,]+"),
                        line -> assertThat(line).startsWith("nd4j eager ").matches(".* 0 +[\\d,]+"),
                        line -> assertThat(line).startsWith("djl fused ").matches(".* 0 +[\\d,]+"),
                        line -> assertThat(line).startsWith("djl eager ").matches(".* 0 +[\\d,]+"));
        assertThat(lines("comparison.csv").subList(1, 7))
                .satisfiesExactly(
                        line -> assertThat(line).matches("reference,fused,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},0,0,"),
                        line -> assertThat(line).matches("reference,eager,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},,,"),
                        line -> assertThat(line).matches("nd4j,fused,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},0,\\d+,"),
                        line -> assertThat(line).matches("nd4j,eager,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},0,\\d+,"),
                        line -> assertThat(line).matches("djl,fused,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},0,\\d+,"),
                        line -> assertThat(line).matches("djl,eager,1(,\\d+\\.\\d+([eE]-?\\d+)?){7},0,\\d+,"));
        assertThat(lines("epochs.csv"))
                .hasSize(1 + 6 * 2)
                .startsWith("backend,execution,seed,epoch,training_loss,test_accuracy");
        assertThat(accuracies("epochs.csv", 5)).allMatch(accuracy -> accuracy > 0.6);
        assertThat(fileNames())
                .as("no temporary file is left")
                .containsExactly(
                        "accuracy.png",
                        "comparison.csv",
                        "comparison.json",
                        "costs.csv",
                        "epochs.csv",
                        "loss.png",
                        "own-gradients.png",
                        "report.html",
                        "same-gradients.png",
                        "step-time.png",
                        "steps.csv");
        assertThat(run.out())
                .contains("Report: " + folder.resolve("report.html").toUri());
    }

    private List<String> fileNames() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void peers_train_beside_the_backends_of_their_libraries() throws IOException {
        Run run = Run.of(("compare --epochs 1 --execution fused --peers --quick --backends djl,nd4j --out " + folder)
                .split(" "));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(2).limit(5).toList())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("djl fused "),
                        line -> assertThat(line).startsWith("nd4j fused "),
                        line -> assertThat(line).matches("DL4J RmsProp .* - +-"),
                        line -> assertThat(line).matches("DJL Adam .* - +-"),
                        line -> assertThat(line)
                                .matches("DJL RmsProp +java.lang.UnsupportedOperationException: Not implemented"));
        assertThat(accuracies("epochs.csv", 5)).hasSize(4).allMatch(accuracy -> accuracy > 0.5);
        assertThat(fileNames()).contains("cost-over-size.png", "memory-traffic.png");
        assertThat(lines("costs.csv")).anyMatch(line -> line.startsWith("DJL Adam,plain,1000,28,"));
        assertThat(lines("costs.csv")).anyMatch(line -> line.startsWith("ND4J RmsProp,plain,1000,20,"));
    }

    @ParameterizedTest
    @CsvSource({"cnn, float32", "cnn, float64", "mlp, float64", "logistic, float32", "logistic, float64"})
    void all_models_learn_in_both_precisions_with_several_seeds(String model, String precision) throws IOException {
        Run run = Run.of(("compare --epochs 3 --seed 5 --seeds 2 --no-costs --model " + model + " --precision "
                        + precision + " --out " + folder)
                .split(" "));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("Model: " + model + " ", ", " + precision + ",", "Seeds: 5, 6");
        assertThat(accuracies("comparison.csv", 5)).hasSize(12).allMatch(accuracy -> accuracy > 0.55);
    }

    @Test
    void json_takes_the_place_of_the_table() throws IOException {
        Run run = Run.of(("compare --epochs 1 --no-costs --backends reference --json --out " + folder).split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).isEqualTo(Files.readString(folder.resolve("comparison.json")));
        assertThat(JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonArray("backends"))
                .hasSize(2);
        assertThat(run.err()).startsWith("Report: ");
    }

    @Test
    void json_that_is_not_taken_is_an_error() throws IOException {
        StringWriter err = new StringWriter();
        // It is connected to nothing: whatever is written to it fails.
        PrintWriter full = new PrintWriter(new PipedWriter());

        int exitCode = Main.run(
                full,
                new PrintWriter(err),
                ("compare --epochs 1 --no-costs --backends reference --json --out " + folder).split(" "));

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString())
                .contains("--json: standard output did not take all of the result. It is in "
                        + folder.resolve("comparison.json"));
        assertThat(folder.resolve("comparison.json")).isNotEmptyFile();
    }

    @Test
    void the_command_can_be_given_to_a_shell_again() {
        Run run = Run.of(
                "compare",
                "--epochs",
                "1",
                "--no-costs",
                "--backends",
                "reference",
                "--exclude",
                "bias$|it's",
                "--weight-decay",
                "0.1",
                "--out",
                folder.toString());

        assertThat(run.out()).contains(" --exclude 'bias$|it'\\''s' --weight-decay 0.1 ");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrl_c_ends_it_with_what_was_measured_so_far() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "compare",
                        "--backends",
                        "reference",
                        "--epochs",
                        "100000",
                        "--out",
                        folder.resolve("out").toString())
                .redirectOutput(folder.resolve("stdout").toFile())
                .redirectError(folder.resolve("stderr").toFile())
                .start();
        try {
            // An epoch takes some hundredths of a second.
            while (process.isAlive() && cpuSeconds(process) < 8) {
                Thread.sleep(50);
            }
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();

            assertThat(process.waitFor()).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
        assertThat(folder.resolve("stderr")).content().startsWith("gradstep: ended early by Ctrl-C; what was measured");
        assertThat(folder.resolve("stdout"))
                .content()
                .contains("loss after", "reference fused", "Ended early: by Ctrl-C, after ");
        assertThat(folder.resolve("out/report.html")).content().contains("It was ended early by Ctrl-C");
        assertThat(folder.resolve("out/epochs.csv")).isNotEmptyFile();
    }

    private static long cpuSeconds(Process process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toSeconds();
    }

    @Test
    void compares_all_backends_with_everything_on() throws IOException {
        Run run = Run.of(
                ("compare --epochs 2 --schedule exponential:0.005,50,0.5 --rho 0.8 --momentum 0.5 --epsilon 1e-6 "
                                + "--centered --weight-decay 0.01 --exclude bias --global-clipnorm 1 --ema --ema-momentum 0.8 "
                                + "--ema-overwrite-frequency 20 --accumulation 3 --loss-scale 1024,10 --no-costs --out "
                                + folder)
                        .split(" "));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(2).limit(6).map(line -> line.replaceAll(" (fused|eager) .*", " $1")))
                .containsExactly(
                        "reference fused", "reference eager", "nd4j fused", "nd4j eager", "djl fused", "djl eager");
        assertThat(run.out().lines().skip(2).limit(6).filter(line -> !line.startsWith("reference eager")))
                .allSatisfy(line -> assertThat(line).matches(".* 0 +[\\d,]+"));
        assertThat(run.out()).contains("Optimizer: LossScaleOptimizer(inner_optimizer=RMSprop(");
        assertThat(accuracies("epochs.csv", 5)).allMatch(accuracy -> accuracy > 0.6);
    }

    /** Each option where nothing else hides what it does, with the optimizers of all libraries side by side. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--clipnorm 0.5",
                "--clipvalue 0.01",
                "--loss-scale-factor 3",
                "--loss-scale 1e38,2",
                "--accumulation 4",
                "--ema --ema-momentum 0.9",
                "--learning-rate 1e30",
                "--weight-decay 0.1 --exclude bias",
                "--weight-decay 0.1 --exclude kernel"
            })
    void the_same_gradients_give_the_same_bits_with(String options) {
        Run run = Run.of(
                ("compare --data breast-cancer --epochs 1 --no-costs --out " + folder + " " + options).split(" "));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    @Test
    void help_names_every_option_and_schedule() {
        String help = Run.of("compare", "--help").out();

        assertThat(help)
                .contains(Arrays.stream(OptimizerOptions.class.getDeclaredFields())
                        .filter(field -> field.isAnnotationPresent(Option.class))
                        .map(field ->
                                "      " + field.getAnnotation(Option.class).names()[0])
                        .toList());
        assertThat(help)
                .contains(ScheduleSyntax.ALL.stream()
                        .map(ScheduleSyntax::form)
                        .map(form -> form + System.lineSeparator())
                        .toList());
    }

    @Test
    void learns_from_a_file_with_words_for_classes() throws IOException {
        Path file = Files.writeString(
                folder.resolve("my.csv"), "x,y,kind\n" + "1,2,red\n5,1,green\n-3,1,blue\n".repeat(20));

        Run run = Run.of(
                "compare",
                "--backends",
                "reference",
                "--no-costs",
                "--out",
                folder.toString(),
                "--data",
                file.toString());

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("Data: " + file)
                .contains("48 for training, 12 for testing; 2 columns, 3 classes");
    }

    @ParameterizedTest
    @CsvSource({"'', 20", "--quick, 5", "--epochs 3, 3", "--quick --epochs 7, 7"})
    void trains_as_many_epochs_as_are_asked_for(String options, int epochs) throws IOException {
        Path file = Files.writeString(folder.resolve("my data.csv"), "1,2,0\n5,1,1\n".repeat(20));
        List<String> arguments = new ArrayList<>(List.of("compare", "--no-costs", "--backends", "reference"));
        arguments.addAll(List.of("--execution", "eager", "--data", file.toString(), "--out", folder.toString()));
        arguments.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ")));

        Run run = Run.of(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).isZero();
        assertThat(lines("epochs.csv")).hasSize(1 + epochs);
        assertThat(run.out())
                .as("as a shell reads it")
                .contains("compare --no-costs --backends reference --execution eager --data '" + file + "' --out ");
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name));
    }

    private List<Double> accuracies(String name, int column) throws IOException {
        return lines(name).stream()
                .skip(1)
                .map(line -> Double.valueOf(line.split(",", -1)[column]))
                .toList();
    }
}
