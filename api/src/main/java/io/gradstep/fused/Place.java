package io.gradstep.fused;

/** What an array of a program is, of the update that the program is run for. */
public sealed interface Place {
    /** The updated variable. */
    record OfVariable() implements Place {
        @Override
        public String toString() {
            return "variable";
        }
    }

    /** The gradient, which is only read. */
    record OfGradient() implements Place {
        @Override
        public String toString() {
            return "gradient";
        }
    }

    /**
     * A piece of the rule's state.
     *
     * @param name the name that the rule gave it
     */
    record OfSlot(String name) implements Place {
        @Override
        public String toString() {
            return name;
        }
    }

    /** What an expression gives: only written, and memory of nobody. */
    record OfResult() implements Place {
        @Override
        public String toString() {
            return "result";
        }
    }
}
