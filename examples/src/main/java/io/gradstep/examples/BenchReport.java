package io.gradstep.examples;

import static io.gradstep.examples.Cells.NONE;
import static io.gradstep.examples.Cells.duration;
import static io.gradstep.examples.Cells.number;
import static io.gradstep.examples.Cells.ratio;
import static io.gradstep.examples.Cells.row;

import io.gradstep.examples.Measurements.Workload;
import io.gradstep.examples.bench.DjlAdam;
import io.gradstep.examples.bench.DjlOptimizer;
import io.gradstep.examples.bench.DjlStep;
import io.gradstep.examples.bench.Dl4jUpdater;
import io.gradstep.examples.bench.FileWork;
import io.gradstep.examples.bench.ModelSize;
import io.gradstep.examples.bench.NetworkSize;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.ops.ExecutionMode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiConsumer;

/**
 * Prints what the benchmarks found: times and their ratios. A row of what was not run is left out; a number that
 * needs it is a dash. ASCII only, for any terminal.
 */
final class BenchReport {
    /** A kernel that C2 vectorizes takes 0.1 to 0.45 of the interpreter's time, one that it does not 1.1 to 1.4. */
    private static final double HEALTHY = 0.6;

    private static final String OURS = "ours, ";

    private final Measurements times;
    private final List<String> notes;

    /**
     * A report.
     *
     * @param times what was measured
     * @param notes lines about where and how, printed at the end
     */
    BenchReport(Measurements times, List<String> notes) {
        this.times = times;
        this.notes = List.copyOf(notes);
    }

    void print(PrintWriter out) {
        StepRows steps = new StepRows(times);
        section(out, "Time of a step", steps.all());
        section(out, "Update of a network of DL4J", networks());
        section(out, "Step of a model of DJL", models());
        section(out, "Many tensors: nanoseconds per parameter", manyTensors());
        section(out, "Kernels: one thread, 16,384 parameters in the second-level cache", kernels());
        section(out, "First step of a rule that a warm JVM has never seen, 1,000 parameters", firstSteps());
        times.megabytes()
                .forEach(megabytes ->
                        section(out, "Files of Keras's: " + bytes(megabytes) + " of weights", files(megabytes)));
        times.stepThreads()
                .forEach(threads -> section(
                        out, "In short: steps with plain settings, threads: " + threads, steps.inShort(threads)));
        out.println();
        notes.forEach(out::println);
        out.flush();
    }

    /** A title over a table, or nothing if the table has only its header. */
    private static void section(PrintWriter out, String title, List<String[]> rows) {
        if (rows.size() <= 1) {
            return;
        }
        Table table = new Table(rows.get(0).length);
        rows.forEach(table::row);
        out.println();
        out.println(title);
        out.println();
        table.lines().forEach(out::println);
    }

    private List<String[]> networks() {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "network", "threads", "time", "peer", "peer / time", "not the same"));
        forEachNetwork((network, threads) -> {
            Map<String, OptionalDouble> byUpdater = new LinkedHashMap<>();
            for (Dl4jUpdater updater : Dl4jUpdater.values()) {
                byUpdater.put(
                        updater == Dl4jUpdater.dl4j ? "DL4J's RmsProp" : OURS + updater,
                        times.dl4j(updater, network, threads));
            }
            addAgainstFirst(rows, network, threads, byUpdater, Peer.ND4J);
        });
        return rows;
    }

    private List<String[]> models() {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "network", "threads", "time", "peer", "peer / time", "not the same"));
        forEachNetwork((network, threads) -> {
            for (DjlStep by : DjlStep.values()) {
                Map<String, OptionalDouble> byOptimizer = new LinkedHashMap<>();
                for (DjlOptimizer optimizer : DjlOptimizer.values()) {
                    byOptimizer.put(
                            (optimizer == DjlOptimizer.adam ? "DJL's Adam" : OURS + optimizer) + ", by the " + by,
                            times.djl(optimizer, by, network, threads));
                }
                addAgainstFirst(rows, network, threads, byOptimizer, Peer.DJL);
            }
        });
        return rows;
    }

    private void forEachNetwork(BiConsumer<NetworkSize, Integer> action) {
        for (NetworkSize network : NetworkSize.values()) {
            times.threads().forEach(threads -> action.accept(network, threads));
        }
    }

    /** The first of the times is the peer's. */
    private static void addAgainstFirst(
            List<String[]> rows, NetworkSize network, int threads, Map<String, OptionalDouble> times, Peer library) {
        OptionalDouble first = times.values().iterator().next();
        times.forEach((who, time) -> {
            if (time.isPresent()) {
                OptionalDouble peer = who.startsWith(OURS) ? first : OptionalDouble.empty();
                rows.add(row(
                        who,
                        network.label(),
                        Integer.toString(threads),
                        duration(time),
                        duration(peer),
                        ratio(peer, time),
                        peer.isEmpty() ? NONE : library.notTheSame(who.contains(StepSettings.plain.name()))));
            }
        });
    }

    private List<String[]> manyTensors() {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "threads", "settings", "161 tensors (resnet50)", "1 tensor (16M)", "161 tensors / 1 tensor"));
        for (int count : times.stepThreads()) {
            for (StepSettings settings : StepSettings.values()) {
                Workload many = new Workload(ModelSize.RESNET50, count);
                Workload one = new Workload(ModelSize.SIXTEEN_MILLION, count);
                add(rows, "bandwidth", settings, many, times.bandwidth(settings, many), times.bandwidth(settings, one));
                add(rows, "hand loop", settings, many, times.handLoop(settings, many), times.handLoop(settings, one));
                for (String backend : Measurements.BACKENDS) {
                    for (StepExecution execution : StepExecution.values()) {
                        add(
                                rows,
                                backend + " " + execution,
                                settings,
                                many,
                                times.ours(backend, execution, settings, many),
                                times.ours(backend, execution, settings, one));
                    }
                }
            }
        }
        return rows;
    }

    private static void add(
            List<String[]> rows,
            String who,
            StepSettings settings,
            Workload workload,
            OptionalDouble many,
            OptionalDouble one) {
        if (many.isPresent() && one.isPresent()) {
            OptionalDouble perParameterOfMany = OptionalDouble.of(many.getAsDouble() / ModelSize.RESNET50.parameters());
            OptionalDouble perParameterOfOne =
                    OptionalDouble.of(one.getAsDouble() / ModelSize.SIXTEEN_MILLION.parameters());
            rows.add(row(
                    who,
                    Integer.toString(workload.threads()),
                    settings.name(),
                    number("%.3f", perParameterOfMany.getAsDouble()),
                    number("%.3f", perParameterOfOne.getAsDouble()),
                    ratio(perParameterOfMany, perParameterOfOne)));
        }
    }

    private List<String[]> kernels() {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "compiled", "interpreted", "compiled / interpreted", ""));
        for (StepSettings settings : StepSettings.values()) {
            OptionalDouble compiled = times.kernel(settings, ExecutionMode.COMPILED);
            OptionalDouble interpreted = times.kernel(settings, ExecutionMode.INTERPRETED);
            if (compiled.isPresent() || interpreted.isPresent()) {
                rows.add(row(
                        settings.name(),
                        duration(compiled),
                        duration(interpreted),
                        ratio(compiled, interpreted),
                        verdict(compiled, interpreted)));
            }
        }
        return rows;
    }

    private static String verdict(OptionalDouble compiled, OptionalDouble interpreted) {
        if (compiled.isEmpty() || interpreted.isEmpty()) {
            return NONE;
        }
        return compiled.getAsDouble() / interpreted.getAsDouble() <= HEALTHY ? "ok" : "NOT VECTORISED";
    }

    private List<String[]> firstSteps() {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "time"));
        for (String backend : Measurements.BACKENDS) {
            OptionalDouble time = times.firstStep(backend);
            if (time.isPresent()) {
                rows.add(row(backend + " fused", duration(time)));
            }
        }
        return rows;
    }

    private List<String[]> files(int megabytes) {
        List<String[]> rows = new ArrayList<>();
        rows.add(row("", "time", "GB/s", "time / plain"));
        OptionalDouble plainRead = times.file(FileWork.plainRead, megabytes);
        OptionalDouble plainWrite = times.file(FileWork.plainWrite, megabytes);
        addFile(rows, "plain read", FileWork.plainRead, megabytes, plainRead);
        addFile(rows, "read .weights.h5", FileWork.read, megabytes, plainRead);
        addFile(rows, "read .keras", FileWork.readKeras, megabytes, plainRead);
        addFile(rows, "plain write", FileWork.plainWrite, megabytes, plainWrite);
        addFile(rows, "write .weights.h5", FileWork.write, megabytes, plainWrite);
        addFile(rows, "overwrite .weights.h5", FileWork.overwrite, megabytes, plainWrite);
        addFile(rows, "overwrite .keras", FileWork.overwriteKeras, megabytes, plainWrite);
        return rows;
    }

    private void addFile(List<String[]> rows, String who, FileWork work, int megabytes, OptionalDouble plain) {
        OptionalDouble time = times.file(work, megabytes);
        if (time.isPresent()) {
            double bytes = (double) megabytes * (1 << 20);
            rows.add(row(who, duration(time), number("%.2f", bytes / time.getAsDouble()), ratio(time, plain)));
        }
    }

    private static String bytes(int megabytes) {
        return megabytes % 1024 == 0 ? megabytes / 1024 + " GB" : megabytes + " MB";
    }

    /** What the columns mean: the same for each run. */
    static List<String> explanations() {
        return List.of(
                "Times are medians over the iterations of all forks (JMH's own table has means); ratios are of times of",
                "this run. A step is Optimizer.apply as a user calls it: the buffers of ND4J's and PyTorch's tensors are",
                "fetched inside it. GB/s counts what a step cannot do without: "
                        + Arrays.stream(StepSettings.values())
                                .map(settings -> settings.name() + " " + settings.bytesPerParameter())
                                .reduce((left, right) -> left + ", " + right)
                                .orElseThrow()
                        + " bytes per",
                "parameter. Of everything's 60, 8 are the norm's own pass; each of its steps ends a window of two",
                "accumulated gradients.",
                "bandwidth: the same traffic in place on plain Java arrays, one after the other: what is read is summed, to what",
                "is written 1 is added.",
                "hand loop: one Java loop by hand over plain arrays, Keras's arithmetic.",
                "of bandwidth: the share of that row's GB/s with the same settings, for the libraries' own with plain.",
                "peer: the library's own optimizer, whose gradient is put back outside of the time. It is plain always; what it",
                "does not do as ours in the row does is under \"not the same\": epsilon (ND4J's native RmsProp updater and subi is",
                "the plain rule with epsilon outside of the root), rule (DJL's Adam is another one, which moves "
                        + DjlAdam.BYTES_PER_PARAMETER + " bytes per",
                "parameter, 1.4 times plain's), settings (ours does more than plain).");
    }

    /** The same for networks of DL4J. */
    static List<String> networkExplanations() {
        return List.of(
                "An update of a network is what the updater makes of the gradients, which are there, and DL4J's subtraction from",
                "the parameters. DL4J's RmsProp is plain, with epsilon outside of the root, whatever ours in the row does:",
                "everything is attached, takes a norm of all gradients, decays, averages, and of each two steps accumulates in",
                "one and updates in the other.");
    }

    /** The same for models of DJL. */
    static List<String> modelExplanations() {
        return List.of(
                "A step of a model of DJL begins when its gradients are there, and sets them to 0. By the trainer, DJL duplicates",
                "each gradient first, for both. DJL's Adam is another rule, with 1.4 times plain's traffic; everything is as above.");
    }

    /** The same for files. */
    static List<String> fileExplanations() {
        return List.of(
                "plain read: the bytes of the file, which is in the system's cache, into new arrays. plain write: as many",
                "bytes to a new file and to the disk, without a look at what they are. A .keras is a zip: opening it",
                "moreover reads all of its weights for their checksum, and a new one's checksum is computed before it is written.");
    }
}
