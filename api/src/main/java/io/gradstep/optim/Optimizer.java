package io.gradstep.optim;

import io.gradstep.ops.DType;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import java.util.List;
import java.util.function.Consumer;

/**
 * A live optimizer: it owns the step counter, the learning rate and the state of every variable it is built for. The
 * methods are those of Keras 3.15.1's {@code keras.optimizers.Optimizer}, in camelCase.
 *
 * <p><b>Assumptions.</b> One thread at a time. The tensors of the variables stay alive.
 *
 * <p><b>Guarantees.</b> The bits of Keras on its NumPy backend. A call that throws has changed nothing: no variable,
 * no state, no counter. Optimizers share nothing; each may have a thread of its own.
 *
 * <p>Where Keras is careless, this is not:
 *
 * <ul>
 *   <li>Gradients and variables of different number, a gradient of another shape or dtype than its variable, and a
 *       variable named twice throw. Keras cuts the longer list, broadcasts, casts, and counts the variable twice.
 *   <li>Float64 variables are updated in double. Keras on NumPy computes in float32.
 * </ul>
 *
 * @param <T> the tensor type of the backend
 */
public sealed interface Optimizer<T> extends AutoCloseable permits RuleOptimizer {
    /**
     * The optimizer's name.
     *
     * @return the name, which begins the path of its variables
     */
    String name();

    /**
     * Makes the state for these variables. Does nothing if the optimizer is built already, as in Keras.
     *
     * @param variables the model's variables, in the model's order; float32 or float64
     * @throws IllegalArgumentException if a variable stands there twice, is not this backend's, or is of a dtype that
     *     no rule runs in
     */
    void build(List<TensorVariable<T>> variables);

    /**
     * Whether the state has been made.
     *
     * @return true after {@link #build} or the first {@code apply} that named its variables
     */
    boolean built();

    /**
     * Takes one step for all variables.
     *
     * @param gradients one for each variable that the optimizer was built for, in that order; null where there is
     *     none. An empty list does nothing at all
     * @throws IllegalStateException if the optimizer is not built
     * @throws IllegalArgumentException if a gradient does not fit, or if all are null
     */
    void apply(List<T> gradients);

    /**
     * Takes one step for some variables; builds the optimizer for them if it is not built.
     *
     * <p>Variables whose gradient is null are left out, with one {@linkplain #onWarning warning}.
     *
     * @param gradients one for each variable, of its shape and dtype; null where there is none. An empty list does
     *     nothing at all
     * @param variables the variables, in any order
     * @throws IllegalArgumentException if a gradient does not fit, if all are null, or if a variable is not among
     *     those that the optimizer was built for
     */
    void apply(List<T> gradients, List<TensorVariable<T>> variables);

    /**
     * Takes one step, as {@link #apply(List, List)}.
     *
     * @param pairs the gradients with their variables; at least one
     * @return the step counter after the step
     * @throws IllegalArgumentException if there are no pairs, and as {@code apply} does
     */
    long applyGradients(List<GradientAndVariable<T>> pairs);

    /**
     * All that this optimizer stores, in Keras's order: {@code iteration}, {@code learning_rate}, what
     * {@link #addVariable} added, and from {@code build} on the state, slot by slot in the order of the variables.
     *
     * @return a new list
     */
    List<TensorVariable<T>> variables();

    /**
     * How many steps were taken.
     *
     * @return the count
     */
    long iterations();

    /**
     * The learning rate.
     *
     * @return the float32 that is kept, widened
     */
    double learningRate();

    /**
     * Changes the learning rate from the next step on.
     *
     * @param learningRate the new one; rounded to float32
     */
    void setLearningRate(double learningRate);

    /**
     * Adds a variable of the optimizer's own to {@link #variables()}.
     *
     * @param shape its shape
     * @param dtype its dtype
     * @param initial the number in every place
     * @param name its name, without {@code /}; null gives {@code variable}, then {@code variable_1}, …
     * @return the variable; it is closed with the optimizer
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    TensorVariable<T> addVariable(Shape shape, DType dtype, double initial, String name);

    /**
     * Adds a variable of the shape and dtype of another to {@link #variables()}; its path is made of that one's.
     *
     * @param reference a variable, usually of the model
     * @param name what it is for: {@code velocity}; null and the empty string give {@code var}
     * @param initial the number in every place
     * @return the variable; it is closed with the optimizer
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    TensorVariable<T> addVariableFromReference(TensorVariable<T> reference, String name, double initial);

    /**
     * {@code variable ← value}.
     *
     * @param variable a variable of this backend
     * @param value the new values, of its shape; cast to its dtype
     * @throws IllegalArgumentException if the shape differs
     */
    void assign(TensorVariable<T> variable, T value);

    /**
     * {@code variable ← variable + value}.
     *
     * @param variable a variable of this backend
     * @param value what to add, of its shape; cast to its dtype first
     * @throws IllegalArgumentException if the shape differs
     */
    void assignAdd(TensorVariable<T> variable, T value);

    /**
     * {@code variable ← variable - value}.
     *
     * @param variable a variable of this backend
     * @param value what to subtract, of its shape; cast to its dtype first
     * @throws IllegalArgumentException if the shape differs
     */
    void assignSub(TensorVariable<T> variable, T value);

    /**
     * Sets who hears warnings. By default they go to the {@link System.Logger} {@code io.gradstep}.
     *
     * @param listener receives each warning's text
     */
    void onWarning(Consumer<String> listener);

    /** Frees the state. Afterwards all but this and {@link #name} throw {@link IllegalStateException}. Twice is once. */
    @Override
    void close();
}
