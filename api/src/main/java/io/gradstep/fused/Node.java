package io.gradstep.fused;

/** A value of a recorded program: the result of one of its instructions. */
public sealed interface Node {
    /**
     * A number for each element.
     *
     * @param index which instruction of the loop computes it
     */
    record Element(int index) implements Node {
        @Override
        public String toString() {
            return "v" + index;
        }
    }

    /**
     * One number for all elements.
     *
     * @param index which of the program's numbers it is
     */
    record Scalar(int index) implements Node {
        @Override
        public String toString() {
            return "n" + index;
        }
    }
}
