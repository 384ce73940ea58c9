package io.gradstep.optim;

import io.gradstep.ops.Backend;
import io.gradstep.ops.UpdateRule;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settings around a rule that somebody else wrote: {@link Settings#of} begins them.
 *
 * @param base the arguments that every optimizer has
 * @param rule the formula
 */
public record RuleSettings(BaseArguments base, UpdateRule rule) implements Settings {
    /**
     * Checks that both are there.
     *
     * @param base not null
     * @param rule not null; its configuration has no name that the base arguments have
     * @throws IllegalArgumentException if it has one
     */
    public RuleSettings {
        Objects.requireNonNull(base, "base");
        Objects.requireNonNull(rule, "rule");
        Set<String> both = new TreeSet<>(rule.config().keySet());
        both.retainAll(BaseArguments.NAMES);
        if (!both.isEmpty()) {
            throw new IllegalArgumentException("The configuration of the rule " + rule + " has the names of arguments "
                    + "that every optimizer has: " + both + ". Give the rule's numbers other names in config()");
        }
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public String className() {
        return className(rule);
    }

    /** What has no class name, an anonymous class or a constant of an enum with a body, is called a rule. */
    private static String className(UpdateRule rule) {
        String simpleName = rule.getClass().getSimpleName();
        return simpleName.isEmpty() ? "Rule" : simpleName;
    }

    @Override
    public Map<String, Object> config() {
        Map<String, Object> config = base.config();
        config.putAll(rule.config());
        return config;
    }

    @Override
    public RuleSettings withLearningRate(LearningRate learningRate) {
        return new RuleSettings(base.withLearningRate(learningRate), rule);
    }

    @Override
    public <T> Optimizer<T> on(Backend<T> backend) {
        return new RuleOptimizer<>(base, rule, backend);
    }

    /** Collects the arguments of an optimizer around a rule. */
    public static final class Builder extends SettingsBuilder<Builder> {
        private final UpdateRule rule;

        Builder(UpdateRule rule) {
            super(null, null);
            this.rule = Objects.requireNonNull(rule, "rule");
        }

        @Override
        Builder self() {
            return this;
        }

        /**
         * The settings. Without a name there is an automatic one, made of the rule's class name: {@code MyRule} gives
         * {@code my_rule}, then {@code my_rule_1}.
         *
         * @return an immutable value
         * @throws IllegalArgumentException if an argument is wrong, as {@link BaseArguments} says; a learning rate is
         *     needed
         */
        public RuleSettings build() {
            return new RuleSettings(arguments(className(rule)), rule);
        }
    }
}
