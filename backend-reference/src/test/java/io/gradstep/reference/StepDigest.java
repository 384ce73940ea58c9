package io.gradstep.reference;

import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.tck.GoldenScenarios;
import io.gradstep.tck.HardNumbers;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioRun;
import io.gradstep.tck.StepCase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prints what steps give, so that several Java virtual machines can be compared. */
final class StepDigest {
    private static final List<HardNumbers> KINDS = List.of(
            HardNumbers.ORDINARY,
            HardNumbers.TINY,
            HardNumbers.ORDINARY,
            HardNumbers.HUGE,
            HardNumbers.SPECIAL,
            HardNumbers.ORDINARY);
    /** Of several units. Larger ones are among the scenarios. */
    private static final Shape LARGE = Shape.of(200_003);

    private StepDigest() {}

    /**
     * Prints {@link #lines}.
     *
     * @param arguments how to run
     */
    public static void main(String[] arguments) {
        lines(ExecutionMode.valueOf(arguments[0])).forEach(System.out::println);
    }

    /** One line for each case, dtype and size, and for each scenario of Keras's. */
    static List<String> lines(ExecutionMode mode) {
        List<String> lines = new ArrayList<>();
        try (var backend = new ReferenceProvider()
                .open(BackendProvider.Options.DEFAULT.withThreads(2).withExecution(mode))) {
            for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
                for (StepCase stepCase : StepCase.values()) {
                    List<HostTensor> results = stepCase.run(backend, dtype, StepCase.shapes(), KINDS);
                    lines.add(stepCase + " " + dtype + " " + digest(results));
                }
                List<HostTensor> large = StepCase.EVERYTHING_BY_GLOBAL_NORM.run(
                        backend, dtype, List.of(LARGE), List.of(HardNumbers.ORDINARY, HardNumbers.TINY));
                lines.add("large " + dtype + " " + digest(large));
            }
            for (Scenario scenario : GoldenScenarios.all()) {
                try (ScenarioRun<HostTensor> run = new ScenarioRun<>(backend, scenario)) {
                    run.run((step, variables, optimizerVariables) -> lines.add(scenario + " after step " + step + " "
                            + digest(variables) + " " + digest(optimizerVariables)));
                }
            }
        }
        return lines;
    }

    private static int digest(List<HostTensor> tensors) {
        return tensors.stream().mapToInt(StepDigest::digest).reduce(1, (digest, next) -> 31 * digest + next);
    }

    /** All NaNs are one; zeros of two signs are not. */
    private static int digest(HostTensor tensor) {
        return switch (tensor.dtype()) {
            case FLOAT32 -> Arrays.hashCode(tensor.floats());
            case FLOAT64 -> Arrays.hashCode(tensor.doubles());
            case INT32 -> Arrays.hashCode(tensor.ints());
        };
    }
}
