package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.UpdateRule;
import java.util.Map;
import java.util.Objects;

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
 * <p>Around the rule stands all that Keras's base optimizer has: see {@link SettingsBuilder}. Of rho, momentum and
 * epsilon nothing is checked, as in Keras: a rho of 2 or a negative epsilon are accepted and do what the formula says.
 * Float64 variables are updated in double throughout, where Keras on NumPy computes in float32.
 *
 * @param base the arguments that every optimizer has
 * @param rho how much of the old averages stays
 * @param momentum 0 or less: none, and no memory for it
 * @param epsilon added under the root, against division by zero
 * @param centered whether the square of the mean gradient is taken off the mean square
 * @see <a href="https://keras.io/api/optimizers/rmsprop/">Keras: RMSprop</a>
 */
public record RMSprop(BaseArguments base, double rho, double momentum, double epsilon, boolean centered)
        implements Settings {
    static final String CLASS_NAME = "RMSprop";

    /**
     * Checks that the base arguments are there.
     *
     * @param base not null
     * @param rho any number
     * @param momentum any number
     * @param epsilon any number
     * @param centered either
     */
    public RMSprop {
        Objects.requireNonNull(base, "base");
    }

    /**
     * Keras's defaults but for the learning rate.
     *
     * @param learningRate the learning rate
     */
    public RMSprop(double learningRate) {
        this(builder().learningRate(learningRate));
    }

    private RMSprop(Builder builder) {
        this(builder.arguments(CLASS_NAME), builder.rho, builder.momentum, builder.epsilon, builder.centered);
    }

    /**
     * Begins with Keras's defaults: learning rate 0.001, rho 0.9, momentum 0, epsilon 1e-7, not centered, the name
     * {@code rmsprop}, and nothing around the rule.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public UpdateRule rule() {
        return new RMSpropRule(rho, momentum, epsilon, centered);
    }

    @Override
    public String className() {
        return CLASS_NAME;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = base.config();
        config.putAll(rule().config());
        return config;
    }

    @Override
    public RMSprop withLearningRate(LearningRate learningRate) {
        return new RMSprop(base.withLearningRate(learningRate), rho, momentum, epsilon, centered);
    }

    @Override
    public <T> Optimizer<T> on(Backend<T> backend) {
        return new RuleOptimizer<>(base, rule(), backend);
    }

    /** Collects the arguments of Keras's constructor. */
    public static final class Builder extends SettingsBuilder<Builder> {
        private double rho = 0.9;
        private double momentum;
        private double epsilon = 1e-7;
        private boolean centered;

        private Builder() {
            super("rmsprop", new LearningRate.Fixed(0.001));
        }

        @Override
        Builder self() {
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
         * @throws IllegalArgumentException if an argument is wrong, as {@link BaseArguments} says
         */
        public RMSprop build() {
            return new RMSprop(this);
        }
    }
}
