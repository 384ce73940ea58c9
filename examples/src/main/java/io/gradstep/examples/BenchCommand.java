package io.gradstep.examples;

import io.gradstep.examples.bench.DjlAdam;
import io.gradstep.examples.bench.DjlOptimizer;
import io.gradstep.examples.bench.DjlRmsProp;
import io.gradstep.examples.bench.DjlStep;
import io.gradstep.examples.bench.DjlUpdate;
import io.gradstep.examples.bench.Dl4jUpdate;
import io.gradstep.examples.bench.Dl4jUpdater;
import io.gradstep.examples.bench.FileWork;
import io.gradstep.examples.bench.FusedExecution;
import io.gradstep.examples.bench.KerasFiles;
import io.gradstep.examples.bench.ModelSize;
import io.gradstep.examples.bench.NetworkSize;
import io.gradstep.examples.bench.OurStep;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.ops.ExecutionMode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.ProfilersFailedException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: JMH with our benchmarks, and a summary with ratios after JMH's own table. */
@Command(
        name = "bench",
        description = {
            "Measures a step of the optimizer against the memory's bandwidth, a loop written by hand and the libraries' "
                    + "own optimizers, and reading and writing Keras's files against the bytes alone. All other options "
                    + "and arguments are JMH's; at the end there is a summary with ratios.",
            "",
            "Without options it takes about 12 minutes on two cores: each combination of the parameters below runs 4 "
                    + "seconds, or a few steps if they are slow, in a JVM of its own. A short run:",
            "  bench 'OurStep|Bandwidth' -p backend=djl -p size=16M -p settings=plain",
            "With --quick it takes 2 minutes: every row, but rough.",
            "",
            "Benchmarks: OurStep, Bandwidth, HandLoop, Nd4jRmsProp, DjlAdam, Dl4jUpdate, DjlUpdate, KernelHealth, FirstStep, "
                    + "KerasFiles.",
            "Parameters, and what they are without -p:",
            "  backend    reference,nd4j,djl",
            "  execution  fused,eager",
            "  settings   plain,everything; there are momentum and centered too",
            "  size       1000,1M,16M,resnet50",
            "  threads    2; how many work on one step",
            "  updater    dl4j,plain,everything; of a network of DL4J",
            "  optimizer  adam,plain,everything; of a model of DJL",
            "  by         optimizer,trainer; what a model of DJL is stepped by",
            "  network    1000,1M,25M; parameters of a network or model",
            "  work       read,plainRead,write,overwrite,plainWrite,readKeras,overwriteKeras",
            "  megabytes  1024; of weights in a file. The folder for temporary files needs three times that, and more "
                    + "than 1024 need -jvmArgsAppend -Xmx8g",
            "Unless OMP_WAIT_POLICY=passive is set, threads of ND4J and PyTorch disturb what is measured."
        },
        customSynopsis = "gradstep bench [--quick] [JMH's options] [REGEX...]",
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {
    private static final String OMP_WAIT_POLICY = "OMP_WAIT_POLICY";

    /** What a JVM of a benchmark needs, which has only the class path of this one. */
    private static final List<String> FORKS =
            List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", "--enable-native-access=ALL-UNNAMED");

    private static final Map<String, List<String>> CHOICES = Map.of(
            "backend", Measurements.BACKENDS,
            "execution", names(StepExecution.values()),
            "settings", names(StepSettings.values()),
            "size", Arrays.stream(ModelSize.values()).map(ModelSize::label).toList(),
            "updater", names(Dl4jUpdater.values()),
            "optimizer", names(DjlOptimizer.values()),
            "by", names(DjlStep.values()),
            "network",
                    Arrays.stream(NetworkSize.values()).map(NetworkSize::label).toList(),
            "executor", names(ExecutionMode.values()),
            "work", names(FileWork.values()));

    private static final List<String> NUMBERS = List.of("threads", "megabytes");

    private static List<String> names(Enum<?>[] constants) {
        return Arrays.stream(constants).map(Enum::name).toList();
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            description = "Show this help, then JMH's, and exit.")
    private boolean help;

    @Option(
            names = "--quick",
            description = "Two minutes in place of twelve: every row once, all in this JVM, few and short iterations, "
                    + "small files. What is given of -f, -wi, -w, -i, -r and -p megabytes still counts.")
    private boolean quick;

    @Parameters(paramLabel = "ARG", arity = "0..*", description = "JMH's options, and regular expressions for names.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws RunnerException, IOException {
        PrintWriter out = spec.commandLine().getOut();
        CommandLineOptions options = parsed();
        if (help) {
            spec.commandLine().usage(out);
            out.println();
            out.println("JMH's options; where it names a default, ours is -f 1 -wi 3 -w 500ms -i 5 -r 500ms:");
            out.flush();
            options.showHelp();
        } else if (!list(options)) {
            refuseWhatCannotWork(options);
            ompNotice().ifPresent(out::println);
            Collection<RunResult> results = run(toRun(options));
            report(results, quick ? QuickRun.notes(options) : List.of()).print(out);
        }
        return ExitCode.OK;
    }

    private CommandLineOptions parsed() {
        try {
            return new CommandLineOptions(arguments.toArray(String[]::new));
        } catch (CommandLineOptionException | IllegalStateException e) {
            throw new UserError(
                    "JMH does not understand the command line: " + e.getMessage() + ". See: gradstep bench --help", e);
        }
    }

    /** What JMH's own command line does besides running. */
    private static boolean list(CommandLineOptions options) {
        if (options.shouldList()) {
            new Runner(options).list();
        } else if (options.shouldListWithParams()) {
            new Runner(options).listWithParams(options);
        } else if (options.shouldListProfilers()) {
            options.listProfilers();
        } else if (options.shouldListResultFormats()) {
            options.listResultFormats();
        } else {
            return false;
        }
        return true;
    }

    /** Now, and not in each of the JVMs that JMH starts. */
    private void refuseWhatCannotWork(CommandLineOptions options) {
        refuseUnknownParameters();
        CHOICES.forEach((name, choices) -> values(options, name)
                .filter(value -> !choices.contains(value))
                .forEach(value -> {
                    throw new UserError("-p " + name + " must be among " + String.join(", ", choices)
                            + ", several separated by commas. Received: " + value);
                }));
        for (String name : NUMBERS) {
            values(options, name)
                    .filter(value -> !value.matches("[1-9]\\d{0,3}"))
                    .forEach(value -> {
                        throw new UserError("-p " + name + " must be a whole number from 1 on. Received: " + value);
                    });
        }
        if (options.getThreads().hasValue() && options.getThreads().get() != 1) {
            throw new UserError(
                    "-t would call one optimizer from several threads at once, which it does not allow. For "
                            + "several threads within a step use -p threads=N. Received: -t "
                            + options.getThreads().get());
        }
    }

    /** JMH passes over them, and the user waits for what was not asked for. */
    private void refuseUnknownParameters() {
        for (int i = 1; i < arguments.size(); i++) {
            String name = arguments.get(i).split("=", -1)[0];
            if (arguments.get(i - 1).equals("-p") && !NUMBERS.contains(name) && !CHOICES.containsKey(name)) {
                throw new UserError("-p " + name + ": no benchmark has this parameter. There are "
                        + Stream.concat(CHOICES.keySet().stream(), NUMBERS.stream())
                                .sorted()
                                .collect(Collectors.joining(", "))
                        + ". Received: " + arguments.get(i));
            }
        }
    }

    private static Stream<String> values(CommandLineOptions options, String name) {
        return options.getParameter(name).orElse(List.of()).stream();
    }

    private static Optional<String> ompNotice() {
        return System.getenv(OMP_WAIT_POLICY) == null
                ? Optional.of(
                        "NOTE: " + OMP_WAIT_POLICY + " is not set: OpenMP's threads of ND4J and PyTorch spin after "
                                + "each of their operations and slow down what follows. Set it to passive.")
                : Optional.empty();
    }

    /** JMH's options of the user, and ours where the user has none. */
    private Options toRun(CommandLineOptions options) {
        List<String> first = new ArrayList<>(FORKS);
        first.addAll(options.getJvmArgsPrepend().orElse(List.of()));
        ChainedOptionsBuilder toRun = new OptionsBuilder().parent(options).jvmArgsPrepend(first.toArray(String[]::new));
        if (quick) {
            QuickRun.shorten(options, toRun);
        }
        return toRun.build();
    }

    private static Collection<RunResult> run(Options options) throws RunnerException {
        try {
            return new Runner(options).run();
        } catch (NoBenchmarksException e) {
            throw new UserError(
                    "No benchmark has a name that matches " + options.getIncludes() + ". See: gradstep bench -l", e);
        } catch (ProfilersFailedException e) {
            throw new UserError("A profiler cannot work here: " + e.getMessage() + ". See: gradstep bench -lprof", e);
        } catch (RunnerException e) {
            if (isBusy(e)) {
                throw new UserError(
                        "Another benchmark is running on this machine, and each would slow down the other. Wait until it "
                                + "has ended, or start Java with -Djmh.ignoreLock=true",
                        e);
            }
            throw e;
        } catch (IllegalStateException e) {
            if (e.getCause() instanceof IOException failed) {
                throw new UserError("JMH cannot write its output: " + failed.getMessage() + ". Name another file", e);
            }
            throw e;
        }
    }

    private static boolean isBusy(RunnerException e) {
        return e.getMessage() != null && e.getMessage().contains("JMH lock");
    }

    private static BenchReport report(Collection<RunResult> results, List<String> ofQuick) {
        Measurements measurements = new Measurements(results.stream()
                .flatMap(result -> Measurement.of(result).stream())
                .toList());
        List<String> notes = new ArrayList<>(ofQuick);
        notes.addAll(notes(measurements, results));
        return new BenchReport(measurements, notes);
    }

    private static List<String> notes(Measurements measurements, Collection<RunResult> results) {
        List<String> notes = new ArrayList<>();
        if (measurements.hasAny(OurStep.class)) {
            notes.addAll(BenchReport.explanations());
        }
        if (measurements.hasAny(Dl4jUpdate.class)) {
            notes.addAll(BenchReport.networkExplanations());
        }
        if (measurements.hasAny(DjlUpdate.class)) {
            notes.addAll(BenchReport.modelExplanations());
        }
        if (measurements.hasAny(KerasFiles.class)) {
            notes.addAll(BenchReport.fileExplanations());
        }
        Measurements.BACKENDS.stream()
                .filter(measurements::hasFused)
                .forEach(backend -> notes.add(
                        "In this JVM, fused steps on " + backend + " are run " + FusedExecution.on(backend) + "."));
        if (measurements.hasAny(DjlAdam.class) || measurements.hasAny(DjlUpdate.class)) {
            notes.add("DJL's own RmsProp on PyTorch: " + DjlRmsProp.answer() + ".");
        }
        notes.add("");
        notes.add("Machine: " + Processor.name() + ", " + Machine.current() + ".");
        LinkedHashSet<String> jvms = new LinkedHashSet<>();
        results.stream()
                .map(RunResult::getParams)
                .forEach(params -> jvms.add("JVM of the benchmarks: "
                        + params.getVmName() + " " + params.getVmVersion() + ", forks: " + params.getForks()
                        + ", flags: "
                        + String.join(" ", flags(params)) + "."));
        notes.addAll(jvms);
        notes.add("Threads: of each step, and of ND4J's and PyTorch's OpenMP, as many as the column says. "
                + OMP_WAIT_POLICY + "="
                + Optional.ofNullable(System.getenv(OMP_WAIT_POLICY)).orElse("(not set)")
                + ".");
        ompNotice().ifPresent(notes::add);
        return notes;
    }

    /** Without a fork, what JMH would have given to one counts for nothing. */
    private static Collection<String> flags(BenchmarkParams params) {
        return params.getForks() == 0 ? ManagementFactory.getRuntimeMXBean().getInputArguments() : params.getJvmArgs();
    }
}
