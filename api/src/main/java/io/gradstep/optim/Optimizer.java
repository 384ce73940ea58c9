package io.gradstep.optim;

import io.gradstep.ops.DType;
import io.gradstep.ops.Execution;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Loss;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.schedule.LearningRateSchedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * A live optimizer: it owns the step counter, the learning rate and the state of every variable it is built for. The
 * methods are those of Keras 3.15.1's {@code keras.optimizers.Optimizer}, in camelCase.
 *
 * <p><b>Assumptions.</b> One thread at a time. The tensors of the variables stay alive.
 *
 * <p><b>Guarantees.</b> The bits of Keras on its NumPy backend, but for the rates of schedules with a power or a cosine,
 * whose last bits are the platform's in Keras too. A call that throws has changed nothing: no variable,
 * no state, no counter. Optimizers share nothing; each may have a thread of its own.
 *
 * <p>Where Keras is careless, this is not:
 *
 * <ul>
 *   <li>Gradients and variables of different number, a gradient of another shape or dtype than its variable, and a
 *       variable named twice throw. Keras cuts the longer list, broadcasts, casts, and counts the variable twice.
 *   <li>A schedule or callable is asked once for each update. Keras asks once more for each decayed variable.
 *   <li>State of a wrong shape is refused before anything is written. Keras writes what comes before it.
 *   <li>A learning rate that is a callable cannot be set to a number, like a schedule. Keras fails by accident.
 *   <li>{@code finalizeVariableValues} of an optimizer that is not built says so.
 *   <li>Building a {@link LossScale} optimizer twice is building it once. Keras makes its numbers twice. Weight decay
 *       exclusions go to the inner optimizer, and the counter of {@code applyGradients} is the inner one's.
 *   <li>Float64 variables are updated in double. Keras on NumPy computes in float32. Under a global norm, float32 and
 *       float64 gradients are added in float64.
 *   <li>Settings are immutable. Of a live optimizer only the learning rate and the weight decay exclusions change.
 *   <li>There is {@link #minimize}, which Keras had until version 2 and still documents.
 * </ul>
 *
 * <p>Where Keras surprises, this does too: averages move on steps that only accumulate, and a window overwrites
 * variables at each of its steps; a gradient that was accumulated is lost if the variable has none when the window
 * ends; schedules see the raw counter; a norm that is NaN or infinite makes all gradients NaN under a global norm; a
 * gradient within the limit may move by a last bit; exclusions from weight decay can be changed at any time; state of
 * another number of variables is not loaded, with a warning only; surplus weights are ignored.
 *
 * @param <T> the tensor type of the backend
 */
public sealed interface Optimizer<T> extends AutoCloseable permits BaseOptimizer {
    /**
     * The optimizer's name.
     *
     * @return the name, which begins the path of its variables
     */
    String name();

    // ---- building

    /**
     * Makes the state for these variables. Does nothing if the optimizer is built already, as in Keras.
     *
     * @param variables the model's variables, in the model's order; float32 or float64
     * @throws IllegalArgumentException if a variable stands there twice, is not this backend's, is of a dtype that no
     *     rule runs in, has a constraint that cannot be imposed on its shape, or is the optimizer's own
     */
    void build(List<TensorVariable<T>> variables);

    /**
     * Whether the state has been made.
     *
     * @return true after {@link #build} or the first {@code apply} that named its variables
     */
    boolean built();

    // ---- stepping

    /**
     * Takes one step for all variables.
     *
     * @param gradients one for each variable that the optimizer was built for, in that order; null where there is
     *     none. An empty list does nothing at all, but counts as a good step for a {@link LossScale} optimizer
     * @throws IllegalStateException if the optimizer is not built, and the list is not empty or a loss scale would
     *     count it
     * @throws IllegalArgumentException if a gradient does not fit, or if all are null
     */
    void apply(List<T> gradients);

    /**
     * Takes one step for some variables; builds the optimizer for them if it is not built.
     *
     * <p>Variables whose gradient is null are left out, with one {@linkplain #onWarning warning}; only their averages
     * move.
     *
     * @param gradients one for each variable, of its shape and dtype; null where there is none. An empty list does
     *     nothing at all, but counts as a good step for a {@link LossScale} optimizer
     * @param variables the variables, in any order
     * @throws IllegalArgumentException if a gradient does not fit, if all are null, or if a variable is not among
     *     those that the optimizer was built for
     */
    void apply(List<T> gradients, List<TensorVariable<T>> variables);

    /**
     * Takes one step, as {@link #apply(List, List)}.
     *
     * @param pairs the gradients with their variables; at least one
     * @return the raw step counter after the step
     * @throws IllegalArgumentException if there are no pairs, and as {@code apply} does
     */
    default long applyGradients(List<GradientAndVariable<T>> pairs) {
        // A closed optimizer says so, whatever the pairs are.
        rawIteration();
        Objects.requireNonNull(pairs, "The list of pairs is null");
        if (pairs.isEmpty()) {
            throw new IllegalArgumentException(
                    "applyGradients needs at least one gradient with its variable. Received: an empty list");
        }
        List<T> gradients = new ArrayList<>(pairs.size());
        List<TensorVariable<T>> variables = new ArrayList<>(pairs.size());
        for (GradientAndVariable<T> pair : pairs) {
            if (pair == null) {
                throw new IllegalArgumentException("A pair is null. Pass a pair with a null gradient for a variable "
                        + "that has none. Received: null at position " + gradients.size());
            }
            gradients.add(pair.gradient());
            variables.add(pair.variable());
        }
        apply(gradients, variables);
        return rawIteration();
    }

    /**
     * Computes the gradients of a loss and takes one step with them. The loss is scaled as {@link #scaleLoss} does.
     *
     * @param loss what to minimize
     * @param variables the variables to change; builds the optimizer for them if it is not built
     * @return the loss before the step, unscaled
     * @throws IllegalArgumentException as {@link #apply(List, List)} does, or if the loss gives more or fewer gradients
     *     than there are variables
     */
    default double minimize(Loss<T> loss, List<TensorVariable<T>> variables) {
        Loss.Evaluation<T> evaluation = loss.evaluate(variables, scaleLoss(1));
        if (evaluation.gradients().size() != variables.size()) {
            throw new IllegalArgumentException("A loss must give one gradient for each variable, null where there is "
                    + "none. Received: " + evaluation.gradients().size() + " gradients, " + variables.size()
                    + " variables");
        }
        apply(evaluation.gradients(), variables);
        return evaluation.value();
    }

    /**
     * Runs the rule alone on one variable: no scaling, accumulation, clipping, decay, average or constraint, and the
     * counter stands still. A rule's own {@code step} is what Keras's subclasses override under this name.
     *
     * @param gradient the gradient, of the variable's shape and dtype
     * @param variable a variable that the optimizer was built for
     * @param learningRate the learning rate of this step
     * @throws IllegalStateException if the optimizer is not built
     * @throws IllegalArgumentException if the gradient is null or does not fit, or if the variable is not one that
     *     rules are run on
     */
    void updateStep(T gradient, TensorVariable<T> variable, double learningRate);

    /**
     * Takes one step on values that are given, and changes nothing.
     *
     * @param optimizerVariables a value for each of {@link #variables()}, of its shape; cast to its dtype
     * @param gradients one for each variable that the optimizer was built for; null where there is none
     * @param trainableVariables a value for each variable that the optimizer was built for, of its shape
     * @return what the values are after the step
     * @throws IllegalStateException if the optimizer is not built
     * @throws IllegalArgumentException if there are more or fewer values than variables, or one does not fit
     */
    StatelessResult<T> statelessApply(List<T> optimizerVariables, List<T> gradients, List<T> trainableVariables);

    /**
     * What the loss is to be multiplied by before its gradients are computed; steps divide them by it.
     *
     * @param loss the loss
     * @return the loss times the loss scale; the loss itself if there is none
     */
    double scaleLoss(double loss);

    // ---- numbers

    /**
     * How many updates were made.
     *
     * @return the raw counter, divided by the accumulation steps if gradients are accumulated
     */
    long iterations();

    /**
     * How many steps were taken, those included that only accumulated.
     *
     * @return the raw counter; an int32
     */
    long rawIteration();

    /**
     * Sets the counter, for hosts that count themselves.
     *
     * @param count how many steps were taken, those included that only accumulated
     * @throws IllegalArgumentException if it is no int32
     */
    void setRawIteration(long count);

    /**
     * The learning rate.
     *
     * @return the float32 that is kept, widened; or what the schedule or the callable says now
     */
    double learningRate();

    /**
     * Changes the learning rate from the next step on.
     *
     * @param learningRate the new one; rounded to float32
     * @throws IllegalStateException if the learning rate is a schedule or a callable
     */
    void setLearningRate(double learningRate);

    /**
     * Lets the learning rate follow a schedule from now on. A number that it was is no longer among {@link
     * #variables()}, and there is no way back to one.
     *
     * @param schedule a function of the raw step counter
     */
    void setLearningRate(LearningRateSchedule schedule);

    /**
     * Lets the learning rate be asked for from now on. A number that it was is no longer among {@link #variables()},
     * and there is no way back to one.
     *
     * @param supplier asked once for each update
     */
    void setLearningRate(DoubleSupplier supplier);

    // ---- weight decay and averages

    /**
     * Spares variables from weight decay. Each call replaces what the one before said. Keras documents it for before
     * {@code build} only, but it works at any time, here too.
     *
     * @param variables variables to spare
     * @param patterns regular expressions of Java, joined by {@code |} and searched in the short name of each variable: {@code
     *     bias} spares all biases, the empty pattern all variables
     * @throws IllegalArgumentException if a pattern is not valid, or if something is null
     */
    void excludeFromWeightDecay(List<TensorVariable<T>> variables, List<String> patterns);

    /**
     * Sets variables to their moving averages, to be called after training. Does nothing if none are kept.
     *
     * @param variables as many as the optimizer was built for, in that order
     * @throws IllegalStateException if averages are kept and the optimizer is not built
     * @throws IllegalArgumentException if there are more or fewer, or if one has another shape or dtype
     */
    void finalizeVariableValues(List<TensorVariable<T>> variables);

    // ---- variables of the optimizer's own

    /**
     * All that this optimizer stores, in Keras's order: {@code iteration}, {@code learning_rate} if it is a number,
     * from {@code build} on averages, accumulators and the state of the rule, and what {@link #addVariable} added,
     * where it was added. For
     * a {@link LossScale} optimizer: {@code iteration} and {@code learning_rate}, which it does not use, {@code
     * step_counter} and {@code dynamic_scale}, then those of the inner optimizer.
     *
     * @return a new list
     */
    List<TensorVariable<T>> variables();

    /**
     * Adds a variable of the optimizer's own to {@link #variables()}.
     *
     * @param shape its shape
     * @param dtype its dtype
     * @param initial the number in every place
     * @param name its name, without {@code /}; null and the empty string give {@code variable}, then {@code
     *     variable_1}, …
     * @return the variable; it is closed with the optimizer
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    TensorVariable<T> addVariable(Shape shape, DType dtype, double initial, String name);

    /**
     * Adds a variable of the optimizer's own to {@link #variables()}.
     *
     * @param initial its values, which say its shape and dtype; copied
     * @param name its name, without {@code /}; null and the empty string give {@code variable}, then {@code
     *     variable_1}, …
     * @return the variable; it is closed with the optimizer
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    TensorVariable<T> addVariable(HostTensor initial, String name);

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
     * Adds a variable like each of several others.
     *
     * @param references variables of the model
     * @param name what they are for: {@code velocity}
     * @param initial the number in every place
     * @return one for each reference; null for one that is overwritten with its gradient
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    default List<TensorVariable<T>> addOptimizerVariables(
            List<TensorVariable<T>> references, String name, double initial) {
        return addOptimizerVariables(references, List.of(name), List.of(initial))
                .get(0);
    }

    /**
     * Adds several variables like each of several others, reference by reference.
     *
     * @param references variables of the model
     * @param names what they are for: {@code momentum}, {@code velocity}
     * @param initials the number in every place, one for each name
     * @return for each name a list with one variable for each reference; null for a reference that is overwritten with
     *     its gradient
     * @throws IllegalArgumentException if a name contains {@code /}, or if there are more or fewer numbers than names
     */
    List<List<TensorVariable<T>>> addOptimizerVariables(
            List<TensorVariable<T>> references, List<String> names, List<Double> initials);

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

    // ---- state and configuration

    /**
     * Takes out everything that this optimizer stores.
     *
     * @return copies of {@link #variables()}, in their order
     */
    OptimizerState saveOwnVariables();

    /**
     * Puts back what was taken out, by position. With more or fewer arrays than there are variables nothing is loaded
     * and there is only a {@linkplain #onWarning warning}, as in Keras: build the optimizer first.
     *
     * @param state the arrays, each of its variable's shape; cast to its dtype
     * @throws IllegalArgumentException if one has another shape
     */
    void loadOwnVariables(OptimizerState state);

    /**
     * Sets the variables by position. As in Keras, surplus weights and surplus variables are left alone, and of a
     * {@link LossScale} optimizer only its own four numbers are set.
     *
     * @param weights tensors of the shapes of {@link #variables()}; cast to their dtypes
     * @throws IllegalStateException if the optimizer is not built
     * @throws IllegalArgumentException if one has another shape
     */
    void setWeights(List<T> weights);

    /**
     * The settings, with the present learning rate: what Keras's {@code get_config} gives.
     *
     * @return a new map with Keras's names in Keras's order
     * @throws UnsupportedOperationException as {@link LearningRate#config} does
     */
    Map<String, Object> getConfig();

    /**
     * How the steps on each variable are run: as one pass over memory, or each operation by itself.
     *
     * @return a new map, in the order of {@code build}, from the path of each variable that the optimizer was built for
     *     to the way and the reason for it; of variables with one path it has the last
     * @throws IllegalStateException if the optimizer is not built
     */
    Map<String, Execution> execution();

    /**
     * Sets who hears warnings. By default they go to the {@link System.Logger} {@code io.gradstep}, each text once.
     *
     * @param listener receives each warning's text
     */
    void onWarning(Consumer<String> listener);

    /** Frees the state. Afterwards all but this and {@link #name} throw {@link IllegalStateException}. Twice is once. */
    @Override
    void close();
}
