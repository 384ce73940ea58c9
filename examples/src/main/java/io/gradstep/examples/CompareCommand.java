package io.gradstep.examples;

import io.gradstep.examples.bench.StepCosts;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: the same model, the same data, each library. */
@Command(
        name = "compare",
        description = {
            "Trains the same small classifier on real data with each tensor library, measures what a step costs, and "
                    + "compares the results: a table here, and a report with pictures in a folder.",
            "",
            "On two cores it takes about two minutes, with --quick less than one. Ctrl-C ends it with what was measured so "
                    + "far."
        },
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {
    private static final int EPOCHS = 20;
    private static final int FEW_EPOCHS = 5;
    private static final int INTERRUPTED = 130;
    private static final String JSON_FILE = "comparison.json";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--backends",
            paramLabel = "LIST",
            defaultValue = "reference,nd4j,djl",
            description = "The libraries, separated by commas: reference (plain Java), nd4j (DL4J), djl (PyTorch).")
    private String backends;

    @Option(
            names = "--execution",
            paramLabel = "LIST",
            split = ",",
            defaultValue = "fused,eager",
            description = "How steps are run: fused (all operations in one pass over memory), eager (each as a call of "
                    + "the library).")
    private List<StepExecution> executions;

    @Option(
            names = "--peers",
            description =
                    "Also train with what these libraries have of their own: DL4J's RmsProp, DJL's Adam and RmsProp, "
                            + "with the learning rate of ours.")
    private boolean peers;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "mlp",
            description = "mlp (a hidden layer of 64), cnn (a convolution; images only), logistic (one layer).")
    private ModelKind model;

    @Option(
            names = "--precision",
            paramLabel = "DTYPE",
            defaultValue = "float32",
            converter = FloatPrecision.class,
            description = "The type of all weights: float32, float64.")
    private DType precision;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            defaultValue = "digits",
            description =
                    "digits, breast-cancer, mnist (see --data-dir), or a CSV file (also .csv.gz): numbers, and in the "
                            + "last column the class, a number or a word.")
    private String data;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "With --data mnist: the folder with its four files, as they are or as .gz.")
    private String dataFolder;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "How often the training part is seen. Without this: " + EPOCHS + ", with --quick "
                    + FEW_EPOCHS + ".")
    private Integer epochs;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            converter = WholeNumber.class,
            description = "Decides the split, the weights at the start and the order of the batches.")
    private long seed;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1",
            converter = PositiveNumber.class,
            description = "How many seeds, from --seed on. Of several the mean is told, and the standard deviation.")
    private int seeds;

    @Option(names = "--quick", description = "Fewer epochs, and the cost of a step on fewer sizes.")
    private boolean quick;

    @Option(names = "--no-costs", description = "Only train: leave out what a step costs on models of several sizes.")
    private boolean withoutCosts;

    @Option(names = "--json", description = "Print the result as JSON in place of the tables.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "gradstep-report",
            description = "Write report.html, its pictures, and all numbers as CSV and JSON into this folder.")
    private String out;

    @Option(names = "--open", description = "Show the report in the browser.")
    private boolean open;

    @Mixin
    private OptimizerOptions optimizer;

    /** Everything that can be refused is refused before the work begins. */
    @Override
    public Integer call() {
        // Also while files are written: who ends it then would have a part of them.
        try (Interruption interruption = Interruption.watch()) {
            return compare(interruption);
        }
    }

    private int compare(BooleanSupplier stop) {
        ComparisonWork work = work();
        OutputFolder folder = OutputFolder.open(out);
        ComparisonResult result = work.run(TerminalProgress::watch, stop);
        Environment environment = Environment.current(command());
        print(result, environment);
        if (!result.isEmpty()) {
            write(result, environment, folder);
            refuseHalfAnAnswer(folder);
        }
        return exitCode(result, spec.commandLine().getErr());
    }

    /** A program that reads half of the JSON does not see why. Who reads tables sees it, or wanted no more. */
    private void refuseHalfAnAnswer(OutputFolder folder) {
        if (json && spec.commandLine().getOut().checkError()) {
            throw new UserError("--json: standard output did not take all of the result. It is in "
                    + folder.resolve(JSON_FILE) + ". Take it from there, or make room where the output goes");
        }
    }

    private ComparisonWork work() {
        OptimizerChoice choice = optimizer.choice();
        Libraries libraries = Libraries.named(backends, executions);
        ComparisonPlan plan = new ComparisonPlan(
                peers ? libraries.withPeers(choice) : libraries,
                choice,
                Datasets.read(data, dataFolder),
                model,
                precision,
                epochs != null ? epochs : quick ? FEW_EPOCHS : EPOCHS);
        // Refuses data that do not suit it.
        plan.model();
        return new ComparisonWork(
                plan,
                LongStream.range(0, seeds).mapToObj(i -> seed + i).toList(),
                withoutCosts ? Optional.empty() : Optional.of(costs(libraries)));
    }

    private StepCosts costs(Libraries libraries) {
        int threads = Runtime.getRuntime().availableProcessors();
        List<String> ids = libraries.list().stream()
                .map(library -> library.contender().id())
                .distinct()
                .toList();
        return quick ? StepCosts.quick(ids, peers, threads) : StepCosts.full(ids, peers, threads);
    }

    private String command() {
        return "java -jar gradstep-examples.jar "
                + spec.commandLine().getParseResult().originalArgs().stream()
                        .map(CompareCommand::quoted)
                        .collect(Collectors.joining(" "));
    }

    /** As a shell reads it. */
    private static String quoted(String argument) {
        return argument.matches("[\\w.,:/=+^-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    private void print(ComparisonResult result, Environment environment) {
        PrintWriter writer = spec.commandLine().getOut();
        if (json) {
            writer.print(new ComparisonJson(result, environment).text());
            writer.flush();
        } else {
            new ComparisonReport(result, environment).print(writer);
        }
    }

    private void write(ComparisonResult result, Environment environment, OutputFolder folder) {
        new ComparisonFiles(result).writeTo(folder);
        folder.write(JSON_FILE, new ComparisonJson(result, environment).text());
        new ComparisonPage(result, environment).writeTo(folder);
        // Not among what a program reads.
        PrintWriter writer =
                json ? spec.commandLine().getErr() : spec.commandLine().getOut();
        URI page = folder.resolve(ComparisonPage.FILE).toUri();
        String what = !open ? "Report: " : Browser.open(page) ? "Opened " : "No browser could be started. Report: ";
        writer.println(what + page);
        writer.flush();
    }

    /** How the process ends; an end that is not as wished is explained on {@code err}. */
    static int exitCode(ComparisonResult result, PrintWriter err) {
        if (!result.broken().isEmpty()) {
            err.println("gradstep: fed the same gradients, "
                    + result.broken().stream()
                            .map(row -> row.name() + " is " + row.sameGradients() + " ULP off the reference")
                            .collect(Collectors.joining(", "))
                    + ". It must be 0: this is a bug in gradstep. Please report it with the lines above");
            return ExitCode.SOFTWARE;
        }
        if (!result.isComplete()) {
            err.println("gradstep: ended early by Ctrl-C"
                    + (result.isEmpty() ? ", before the first epoch was over" : "; what was measured before is above"));
            return INTERRUPTED;
        }
        return ExitCode.OK;
    }
}
