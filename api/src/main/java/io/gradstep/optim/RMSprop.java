package io.gradstep.optim;

import io.gradstep.ops.UpdateRule;

/**
 * RMSprop with the numbers of Keras 3.15.1.
 *
 * <p>For each variable {@code w} with gradient {@code g}, each operation rounded once to the variable's dtype:
 *
 * <pre>{@code
 * velocity         ← rho · velocity + (1 - rho) · g²
 * average_gradient ← rho · average_gradient + (1 - rho) · g         (centered)
 * denominator      = velocity + epsilon                              (centered: velocity - average_gradient² + epsilon)
 * increment        = learning_rate · g / √denominator
 * momentum         ← momentum · momentum + increment                 (momentum > 0)
 * w                ← w - increment                                   (momentum > 0: w - momentum)
 * }</pre>
 *
 * <p>Where others differ: PyTorch, DL4J and Tribuo add epsilon outside the root; DL4J starts the velocity at epsilon,
 * TensorFlow-Java and KotlinDL at 1; PyTorch keeps the learning rate out of the momentum.
 *
 * <p>Nothing but the name is checked, as in Keras: a learning rate of NaN, a rho of 2 or a negative epsilon are
 * accepted and do what the formula says. Float64 variables are updated in double throughout, where Keras on NumPy
 * computes in float32.
 *
 * @param name begins the path of each of the optimizer's variables; null gives {@code rm_sprop}, then
 *     {@code rm_sprop_1}, … as Keras counts
 * @param learningRate the learning rate to begin with; kept as a float32, as Keras does
 * @param rho how much of the old averages stays
 * @param momentum 0 or less: none, and no memory for it
 * @param epsilon added under the root, against division by zero
 * @param centered whether the square of the mean gradient is taken off the mean square
 * @see <a href="https://keras.io/api/optimizers/rmsprop/">Keras: RMSprop</a>
 */
public record RMSprop(String name, double learningRate, double rho, double momentum, double epsilon, boolean centered)
        implements Settings {

    /**
     * Checks the name, and makes one where it is null.
     *
     * @param name without {@code /}, or null
     * @param learningRate any number
     * @param rho any number
     * @param momentum any number
     * @param epsilon any number
     * @param centered either
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    public RMSprop {
        name = Names.optimizer(name, "RMSprop");
    }

    /**
     * Keras's defaults but for the learning rate.
     *
     * @param learningRate the learning rate
     */
    public RMSprop(double learningRate) {
        this("rmsprop", learningRate, 0.9, 0.0, 1e-7, false);
    }

    /**
     * Begins with Keras's defaults: learning rate 0.001, rho 0.9, momentum 0, epsilon 1e-7, not centered, the name
     * {@code rmsprop}.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public UpdateRule rule() {
        return new RMSpropRule(rho, momentum, epsilon, centered);
    }

    /** Collects the arguments of Keras's constructor. */
    public static final class Builder {
        private String name = "rmsprop";
        private double learningRate = 0.001;
        private double rho = 0.9;
        private double momentum;
        private double epsilon = 1e-7;
        private boolean centered;

        private Builder() {}

        /**
         * Sets the name.
         *
         * @param name the name, without {@code /}; null for an automatic one
         * @return this builder
         */
        public Builder name(String name) {
            this.name = name;
            return this;
        }

        /**
         * Sets the learning rate.
         *
         * @param learningRate the learning rate
         * @return this builder
         */
        public Builder learningRate(double learningRate) {
            this.learningRate = learningRate;
            return this;
        }

        /**
         * Sets how much of the old averages stays.
         *
         * @param rho the factor
         * @return this builder
         */
        public Builder rho(double rho) {
            this.rho = rho;
            return this;
        }

        /**
         * Sets the momentum.
         *
         * @param momentum the factor; 0 or less for none
         * @return this builder
         */
        public Builder momentum(double momentum) {
            this.momentum = momentum;
            return this;
        }

        /**
         * Sets what is added under the root.
         *
         * @param epsilon the number
         * @return this builder
         */
        public Builder epsilon(double epsilon) {
            this.epsilon = epsilon;
            return this;
        }

        /**
         * Sets whether the square of the mean gradient is taken off the mean square.
         *
         * @param centered whether it is
         * @return this builder
         */
        public Builder centered(boolean centered) {
            this.centered = centered;
            return this;
        }

        /**
         * The settings.
         *
         * @return an immutable value
         * @throws IllegalArgumentException if the name contains {@code /}
         */
        public RMSprop build() {
            return new RMSprop(name, learningRate, rho, momentum, epsilon, centered);
        }
    }
}
