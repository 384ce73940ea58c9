package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.util.HashSet;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A rule as it was recorded: what it does to each element, and to the numbers of a step before. It is a value, and
 * prints as something to read.
 *
 * @param dtype in which everything is computed
 * @param places what each array of the loop is
 * @param scalars where each number comes from, in the order in which they are computed
 * @param loop what is done for each element
 */
public record Program(DType dtype, List<Place> places, List<ScalarInstruction> scalars, Loop loop) {
    /**
     * Checks that all that the loop uses is there, and that no number is used before it is computed.
     *
     * @param dtype float32 or float64
     * @param places distinct
     * @param scalars not null
     * @param loop not null
     * @throws IllegalArgumentException if it is no program
     */
    public Program {
        places = List.copyOf(places);
        scalars = List.copyOf(scalars);
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("A program runs in FLOAT32 or FLOAT64. Received: dtype=" + dtype);
        }
        if (new HashSet<>(places).size() < places.size()) {
            throw new IllegalArgumentException("A place stands twice among the arrays. Received: " + places);
        }
        for (int i = 0; i < scalars.size(); i++) {
            checkUsesEarlier(scalars.get(i), i);
        }
        checkIndices("array", loop.arrays(), places.size());
        checkIndices("number", loop.scalars(), scalars.size());
        loop.storedArrays().stream()
                .map(places::get)
                .filter(Place.OfGradient.class::isInstance)
                .forEach(gradient -> {
                    throw new IllegalArgumentException("The gradient is not a rule's to write");
                });
    }

    private static void checkUsesEarlier(ScalarInstruction instruction, int index) {
        if (instruction instanceof ScalarInstruction.Apply apply) {
            checkIndices("number", List.of(apply.x()), index);
        } else if (instruction instanceof ScalarInstruction.Combine combine) {
            checkIndices("number", List.of(combine.x(), combine.y()), index);
        }
    }

    private static void checkIndices(String what, Iterable<Integer> indices, int count) {
        for (int index : indices) {
            if (index < 0 || index >= count) {
                throw new IllegalArgumentException(
                        "The " + what + " " + index + " is used, but there are only " + count + " of them there");
            }
        }
    }

    /** Computes the numbers of a step into an array, each rounded to the dtype once per operation. */
    void computeScalars(ToDoubleFunction<String> inputs, double[] numbers) {
        for (int i = 0; i < scalars.size(); i++) {
            numbers[i] = compute(scalars.get(i), inputs, numbers);
        }
    }

    private double compute(ScalarInstruction instruction, ToDoubleFunction<String> inputs, double[] earlier) {
        if (instruction instanceof ScalarInstruction.Constant constant) {
            return constant.value();
        }
        if (instruction instanceof ScalarInstruction.Input input) {
            return dtype.round(inputs.applyAsDouble(input.name()));
        }
        if (instruction instanceof ScalarInstruction.Apply apply) {
            double x = earlier[apply.x()];
            return dtype == DType.FLOAT32
                    ? apply.op().apply((float) x)
                    : apply.op().apply(x);
        }
        ScalarInstruction.Combine combine = (ScalarInstruction.Combine) instruction;
        double x = earlier[combine.x()];
        double y = earlier[combine.y()];
        return dtype == DType.FLOAT32
                ? combine.op().apply((float) x, (float) y)
                : combine.op().apply(x, y);
    }

    /** One line for each number, instruction and store, in the order in which they are done. */
    @Override
    public String toString() {
        return new ProgramText(this).toString();
    }
}
