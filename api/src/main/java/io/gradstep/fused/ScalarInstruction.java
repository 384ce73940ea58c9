package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Unary;

/** Where one of a program's numbers comes from. Each is of the program's dtype. */
public sealed interface ScalarInstruction {
    /**
     * A constant of the rule.
     *
     * @param value the number, rounded to the program's dtype
     */
    record Constant(double value) implements ScalarInstruction {}

    /**
     * A number of the step.
     *
     * @param name its name
     */
    record Input(String name) implements ScalarInstruction {}

    /**
     * An operation on an earlier number.
     *
     * @param op which
     * @param x the index of the operand
     */
    record Apply(Unary op, int x) implements ScalarInstruction {}

    /**
     * An operation on two earlier numbers.
     *
     * @param op which
     * @param x the index of the first operand
     * @param y the index of the second operand
     */
    record Combine(Binary op, int x, int y) implements ScalarInstruction {}
}
