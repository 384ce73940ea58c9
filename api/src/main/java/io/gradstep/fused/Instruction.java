package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Unary;
import java.util.List;
import java.util.function.UnaryOperator;

/** What a loop computes for each element. */
public sealed interface Instruction {
    /**
     * The values it is computed of.
     *
     * @return results of earlier instructions, and numbers
     */
    List<Node> operands();

    /**
     * The same instruction on other values.
     *
     * @param other gives the value to take for each operand
     * @return a new instruction
     */
    Instruction with(UnaryOperator<Node> other);

    /**
     * The element in an array, as it was before the loop.
     *
     * @param array which array of the program
     */
    record Load(int array) implements Instruction {
        @Override
        public List<Node> operands() {
            return List.of();
        }

        @Override
        public Load with(UnaryOperator<Node> other) {
            return this;
        }
    }

    /**
     * An operation on one value.
     *
     * @param op which
     * @param x the operand
     */
    record Apply(Unary op, Node x) implements Instruction {
        @Override
        public List<Node> operands() {
            return List.of(x);
        }

        @Override
        public Apply with(UnaryOperator<Node> other) {
            return new Apply(op, other.apply(x));
        }
    }

    /**
     * An operation on two values.
     *
     * @param op which
     * @param x the first operand
     * @param y the second operand
     * @param signOfZeroMatters whether both may be zeros, of different sign, so that {@link Math#min(float, float)}
     *     and {@code max} could give another bit than {@link Binary}; false for operations that are neither
     */
    record Combine(Binary op, Node x, Node y, boolean signOfZeroMatters) implements Instruction {
        @Override
        public List<Node> operands() {
            return List.of(x, y);
        }

        @Override
        public Combine with(UnaryOperator<Node> other) {
            return new Combine(op, other.apply(x), other.apply(y), signOfZeroMatters);
        }
    }
}
