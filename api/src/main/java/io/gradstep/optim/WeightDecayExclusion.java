package io.gradstep.optim;

import io.gradstep.ops.TensorVariable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Which variables are spared by weight decay: {@code exclude_from_weight_decay}, Keras 3.15.1. */
final class WeightDecayExclusion<T> {
    private final Set<TensorVariable<T>> variables;
    /** Null for none. */
    private final Pattern names;

    private WeightDecayExclusion(Set<TensorVariable<T>> variables, Pattern names) {
        this.variables = variables;
        this.names = names;
    }

    static <T> WeightDecayExclusion<T> none() {
        return new WeightDecayExclusion<>(Set.of(), null);
    }

    static <T> WeightDecayExclusion<T> of(List<TensorVariable<T>> variables, List<String> patterns) {
        Objects.requireNonNull(variables, "The list of variables is null");
        Objects.requireNonNull(patterns, "The list of patterns is null");
        if (variables.stream().anyMatch(Objects::isNull) || patterns.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException("Variables and patterns to exclude from weight decay cannot be null. "
                    + "Received: " + variables + ", " + patterns);
        }
        Set<TensorVariable<T>> byIdentity = Collections.newSetFromMap(new IdentityHashMap<>());
        byIdentity.addAll(variables);
        return new WeightDecayExclusion<>(byIdentity, compile(patterns));
    }

    private static Pattern compile(List<String> patterns) {
        try {
            return patterns.isEmpty()
                    ? null
                    // As in Python, letters of all alphabets are letters.
                    : Pattern.compile(String.join("|", patterns), Pattern.UNICODE_CHARACTER_CLASS);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "The patterns to exclude from weight decay are joined by \"|\" into one regular expression, which "
                            + "must be valid. Received: " + patterns + ": " + e.getDescription(),
                    e);
        }
    }

    boolean excludes(TensorVariable<T> variable) {
        return variables.contains(variable)
                || (names != null && names.matcher(variable.name()).find());
    }

    WeightDecayExclusion<T> on(StandIns<T> standIns) {
        Set<TensorVariable<T>> others = Collections.newSetFromMap(new IdentityHashMap<>());
        variables.stream().map(standIns::of).filter(Objects::nonNull).forEach(others::add);
        return new WeightDecayExclusion<>(others, names);
    }
}
