package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.Slot;
import io.gradstep.ops.UpdateRule;
import java.util.List;
import java.util.Map;

/**
 * Everything that says how an optimizer works, and nothing that changes while it does: immutable, equal by value.
 * Settings are what one passes around and writes down; {@link #on} makes a live optimizer of them.
 */
public sealed interface Settings permits RMSprop, RuleSettings, LossScale {
    /**
     * Begins settings around somebody's own rule.
     *
     * @param rule the formula
     * @return a new builder; it still needs a learning rate
     */
    static RuleSettings.Builder of(UpdateRule rule) {
        return new RuleSettings.Builder(rule);
    }

    /**
     * The optimizer's name, which begins the path of each of its variables.
     *
     * @return the name, without {@code /}
     */
    String name();

    /**
     * The arguments that every optimizer has.
     *
     * @return them; of a {@link LossScale} those of its inner settings
     */
    BaseArguments base();

    /**
     * The formula.
     *
     * @return the rule
     */
    UpdateRule rule();

    /**
     * What an optimizer of these settings keeps for each variable, for hosts that give it a place of their own. {@link
     * Optimizer#build} asks {@link Backend#state} for it, of each variable in this order.
     *
     * @return the moving average, {@code base.average}, if one is kept; the accumulator, {@code
     *     base.gradient_accumulator}, if gradients are accumulated; then the slots of the rule
     */
    default List<Slot> slots() {
        return base().slots(rule());
    }

    /**
     * The same settings with another learning rate.
     *
     * @param learningRate where it comes from
     * @return new settings
     * @throws IllegalArgumentException if it is null
     */
    Settings withLearningRate(LearningRate learningRate);

    /**
     * What Keras calls the class.
     *
     * @return {@code RMSprop}, {@code LossScaleOptimizer}, or the simple name of a rule's class
     */
    String className();

    /**
     * What Keras's {@code get_config} gives: all arguments under Keras's names, in Keras's order.
     *
     * @return a new map of booleans, numbers, strings, null, lists and maps of these
     * @throws UnsupportedOperationException as {@link LearningRate#config} does
     */
    Map<String, Object> config();

    /**
     * What Keras's {@code optimizers.serialize} gives: {@code module}, {@code class_name}, {@code config} and {@code
     * registered_name}.
     *
     * @return a new map
     * @throws UnsupportedOperationException as {@link #config} does
     */
    default Map<String, Object> serialize() {
        return Serialized.of(this, config());
    }

    /**
     * Makes an optimizer.
     *
     * @param <T> the tensor type
     * @param backend where its tensors lie; stays the caller's to close, after the optimizer
     * @return a new optimizer, not yet built
     */
    <T> Optimizer<T> on(Backend<T> backend);
}
