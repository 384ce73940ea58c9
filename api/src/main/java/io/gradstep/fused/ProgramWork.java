package io.gradstep.fused;

import io.gradstep.ops.Update;
import java.util.function.ToDoubleFunction;

/** A program to be run for one update: its arrays and its numbers, found anew in each step. */
abstract class ProgramWork<T> extends Work {
    final Program program;
    final Operands<T> operands;
    /** The numbers of the program in this step. */
    final double[] numbers;

    private final ToDoubleFunction<String> inputs;

    ProgramWork(Update<T> update, Program program) {
        this.program = program;
        this.operands = new Operands<>(update, program);
        this.numbers = new double[program.scalars().size()];
        this.inputs = update::input;
    }

    final Operands<T> operands() {
        return operands;
    }

    /** May throw, as the rule's own numbers may: to be called before anything is written. */
    final void computeNumbers() {
        program.computeScalars(inputs, numbers);
    }

    @Override
    final int elements() {
        return operands.length();
    }
}
