package io.gradstep.optim;

import io.gradstep.ops.UpdateRule;
import java.util.Objects;

/**
 * Settings around a rule that somebody else wrote.
 *
 * @param name begins the path of each of the optimizer's variables; null for an automatic name, made of the rule's
 *     class name: {@code MyRule} gives {@code my_rule}, then {@code my_rule_1}
 * @param learningRate the learning rate to begin with; kept as a float32, as Keras does
 * @param rule the formula
 */
public record RuleSettings(String name, double learningRate, UpdateRule rule) implements Settings {
    /**
     * Checks the name, and makes one where it is null.
     *
     * @param name without {@code /}, or null
     * @param learningRate any number
     * @param rule not null
     * @throws IllegalArgumentException if the name contains {@code /}
     */
    public RuleSettings {
        Objects.requireNonNull(rule, "rule");
        name = Names.optimizer(name, className(rule));
    }

    /** What has no class name, an anonymous class or a constant of an enum with a body, is called a rule. */
    private static String className(UpdateRule rule) {
        String simpleName = rule.getClass().getSimpleName();
        return simpleName.isEmpty() ? "Rule" : simpleName;
    }
}
