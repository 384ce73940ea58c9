package io.gradstep.examples;

import io.gradstep.examples.bench.Bandwidth;
import io.gradstep.examples.bench.DjlAdam;
import io.gradstep.examples.bench.DjlOptimizer;
import io.gradstep.examples.bench.DjlStep;
import io.gradstep.examples.bench.DjlUpdate;
import io.gradstep.examples.bench.Dl4jUpdate;
import io.gradstep.examples.bench.Dl4jUpdater;
import io.gradstep.examples.bench.FileWork;
import io.gradstep.examples.bench.FirstStep;
import io.gradstep.examples.bench.HandLoop;
import io.gradstep.examples.bench.KerasFiles;
import io.gradstep.examples.bench.KernelHealth;
import io.gradstep.examples.bench.ModelSize;
import io.gradstep.examples.bench.Nd4jRmsProp;
import io.gradstep.examples.bench.NetworkSize;
import io.gradstep.examples.bench.OurStep;
import io.gradstep.examples.bench.StepExecution;
import io.gradstep.examples.bench.StepSettings;
import io.gradstep.ops.ExecutionMode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * All that one run of the benchmarks measured, to be asked for times in nanoseconds. What was not run is empty.
 *
 * @param list the measurements
 */
record Measurements(List<Measurement> list) {
    static final List<String> BACKENDS = List.of("reference", "nd4j", "djl");

    private static final String SIZE = "size";
    private static final String THREADS = "threads";
    private static final String SETTINGS = "settings";
    private static final String BACKEND = "backend";
    private static final String EXECUTION = "execution";
    private static final String MEGABYTES = "megabytes";

    /** What a step works on. */
    record Workload(ModelSize size, int threads) {
        private Map<String, String> parameters() {
            return Map.of(SIZE, size.label(), THREADS, Integer.toString(threads));
        }
    }

    Measurements {
        list = List.copyOf(list);
    }

    OptionalDouble ours(String backend, StepExecution execution, StepSettings settings, Workload workload) {
        return find(
                OurStep.class,
                workload,
                Map.of(BACKEND, backend, EXECUTION, execution.name(), SETTINGS, settings.name()));
    }

    OptionalDouble bandwidth(StepSettings settings, Workload workload) {
        return find(Bandwidth.class, workload, Map.of(SETTINGS, settings.name()));
    }

    OptionalDouble handLoop(StepSettings settings, Workload workload) {
        return find(HandLoop.class, workload, Map.of(SETTINGS, settings.name()));
    }

    OptionalDouble nd4jRmsProp(Workload workload) {
        return find(Nd4jRmsProp.class, workload, Map.of());
    }

    OptionalDouble djlAdam(Workload workload) {
        return find(DjlAdam.class, workload, Map.of());
    }

    OptionalDouble kernel(StepSettings settings, ExecutionMode executor) {
        return find(KernelHealth.class, Map.of(SETTINGS, settings.name(), "executor", executor.name()));
    }

    OptionalDouble firstStep(String backend) {
        return find(FirstStep.class, Map.of(BACKEND, backend));
    }

    OptionalDouble file(FileWork work, int megabytes) {
        return find(KerasFiles.class, Map.of("work", work.name(), MEGABYTES, Integer.toString(megabytes)));
    }

    OptionalDouble dl4j(Dl4jUpdater updater, NetworkSize network, int threads) {
        return find(
                Dl4jUpdate.class,
                Map.of("updater", updater.name(), "network", network.label(), THREADS, Integer.toString(threads)));
    }

    OptionalDouble djl(DjlOptimizer optimizer, DjlStep by, NetworkSize network, int threads) {
        return find(
                DjlUpdate.class,
                Map.of(
                        "optimizer",
                        optimizer.name(),
                        "by",
                        by.name(),
                        "network",
                        network.label(),
                        THREADS,
                        Integer.toString(threads)));
    }

    /** On how many threads steps were taken, the fewest first. */
    List<Integer> threads() {
        return numbers(THREADS);
    }

    /** The same without networks and models. */
    List<Integer> stepThreads() {
        return workloads().stream().map(Workload::threads).distinct().sorted().toList();
    }

    /** How large files were, the smallest first. */
    List<Integer> megabytes() {
        return numbers(MEGABYTES);
    }

    boolean hasAny(Class<?> benchmark) {
        return list.stream().anyMatch(measurement -> isOf(benchmark, measurement));
    }

    /** Whether there is a step of ours that was to be fused. */
    boolean hasFused(String backend) {
        return list.stream()
                .filter(measurement -> isOf(OurStep.class, measurement))
                .anyMatch(measurement ->
                        has(measurement, Map.of(BACKEND, backend, EXECUTION, StepExecution.fused.name())));
    }

    /** The workloads of any benchmark, sizes in the order of the enum, then by threads. */
    List<Workload> workloads() {
        List<Integer> threads = numbers(THREADS);
        return Arrays.stream(ModelSize.values())
                .flatMap(size -> threads.stream().map(count -> new Workload(size, count)))
                .filter(workload -> list.stream().anyMatch(measurement -> has(measurement, workload.parameters())))
                .toList();
    }

    /** All values of a parameter. */
    private List<Integer> numbers(String parameter) {
        return list.stream()
                .filter(measurement -> measurement.parameters().containsKey(parameter))
                .map(measurement -> Integer.valueOf(measurement.parameters().get(parameter)))
                .distinct()
                .sorted()
                .toList();
    }

    private OptionalDouble find(Class<?> benchmark, Workload workload, Map<String, String> parameters) {
        return list.stream()
                .filter(measurement -> isOf(benchmark, measurement))
                .filter(measurement -> has(measurement, workload.parameters()))
                .filter(measurement -> has(measurement, parameters))
                .mapToDouble(Measurement::nanos)
                .findFirst();
    }

    private OptionalDouble find(Class<?> benchmark, Map<String, String> parameters) {
        return list.stream()
                .filter(measurement -> isOf(benchmark, measurement))
                .filter(measurement -> has(measurement, parameters))
                .mapToDouble(Measurement::nanos)
                .findFirst();
    }

    private static boolean isOf(Class<?> benchmark, Measurement measurement) {
        return measurement.benchmark().equals(benchmark.getSimpleName());
    }

    private static boolean has(Measurement measurement, Map<String, String> parameters) {
        return measurement.parameters().entrySet().containsAll(parameters.entrySet());
    }
}
