package io.gradstep.examples;

import io.gradstep.examples.bench.StepExecution;
import io.gradstep.ops.DType;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code compare}: the same model, the same data, each library. */
@Command(
        name = "compare",
        description =
                "Trains the same small classifier on real data with each tensor library, and compares the results.",
        abbreviateSynopsis = true,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        showDefaultValues = true,
        sortOptions = false)
final class CompareCommand implements Callable<Integer> {
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
            names = "--epochs",
            paramLabel = "N",
            defaultValue = "20",
            converter = PositiveNumber.class,
            description = "How often the training part is seen.")
    private int epochs;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            defaultValue = "mlp",
            description = "What learns: mlp (a hidden layer of 64 units), cnn (a convolution; the data must be square "
                    + "images), logistic (no hidden layer).")
    private ModelKind model;

    @Option(
            names = "--precision",
            paramLabel = "DTYPE",
            defaultValue = "float32",
            converter = FloatPrecision.class,
            description = "The numbers that the models compute with: float32 or float64.")
    private DType precision;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            defaultValue = "digits",
            description =
                    "digits, breast-cancer, mnist (with --data-dir), or a CSV file (also .csv.gz): numbers, and in the "
                            + "last column the class, a number or a word.")
    private String data;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Where the four files of MNIST are, or of another data set in its format, like Fashion-MNIST; "
                            + "also gzip files.")
    private String dataDir;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            converter = WholeNumber.class,
            description = "Decides the split, the weights at the start and the order of the batches.")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            showDefaultValue = Visibility.NEVER,
            description = "Writes comparison.csv (a row for each backend) and epochs.csv into this folder.")
    private String out;

    @Mixin
    private OptimizerOptions optimizer;

    /** Everything that can be refused is refused before the work begins. */
    @Override
    public Integer call() {
        Libraries libraries = Libraries.named(backends, executions);
        OptimizerChoice choice = optimizer.choice();
        Dataset dataset = Datasets.read(data, dataDir);
        OutputFolder folder = out == null ? null : OutputFolder.open(out);

        ComparisonResult result = compare(new Comparison(libraries, choice, model, precision, dataset, epochs, seed));

        new ComparisonReport(result, dataset, seed, Machine.current())
                .print(spec.commandLine().getOut());
        if (folder != null) {
            new ComparisonFiles(result).writeTo(folder);
        }
        return exitCode(result.broken(), spec.commandLine().getErr());
    }

    private static ComparisonResult compare(Comparison comparison) {
        try (Progress progress = TerminalProgress.ofSteps(comparison.steps())) {
            return comparison.run(progress);
        }
    }

    private static int exitCode(List<ComparisonResult.Row> broken, PrintWriter err) {
        if (broken.isEmpty()) {
            return ExitCode.OK;
        }
        err.println("gradstep: fed the same gradients, "
                + broken.stream()
                        .map(row -> row.name() + " is " + row.sameGradients() + " ULP off the reference")
                        .collect(Collectors.joining(", "))
                + ". It must be 0: this is a bug in gradstep. Please report it with the lines above");
        return ExitCode.SOFTWARE;
    }
}
