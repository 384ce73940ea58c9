package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** What the user has set, at first and since, for all optimizers that serve a model one after the other. */
final class LiveSettings {
    private Settings settings;
    private List<String> exclusions = List.of();
    private Consumer<String> warnings = logOnce();

    LiveSettings(Settings settings) {
        this.settings = settings;
    }

    /** Each text once, for all optimizers together. */
    private static Consumer<String> logOnce() {
        Set<String> logged = new HashSet<>();
        return warning -> {
            if (logged.add(warning)) {
                System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning);
            }
        };
    }

    /** A new optimizer that is set as all others are, not yet built. */
    Optimizer<NDArray> on(Backend<NDArray> backend) {
        Optimizer<NDArray> optimizer = settings.on(backend);
        optimizer.excludeFromWeightDecay(List.of(), exclusions);
        optimizer.onWarning(warnings);
        return optimizer;
    }

    /** A new optimizer that is built and then loaded; if either fails, nothing is left of it. */
    Optimizer<NDArray> built(
            Backend<NDArray> backend, List<TensorVariable<NDArray>> variables, Consumer<Optimizer<NDArray>> loading) {
        Optimizer<NDArray> optimizer = on(backend);
        try {
            optimizer.build(variables);
            loading.accept(optimizer);
            return optimizer;
        } catch (RuntimeException | Error e) {
            optimizer.close();
            throw e;
        }
    }

    Settings settings() {
        return settings;
    }

    void setLearningRate(LearningRate learningRate) {
        settings = settings.withLearningRate(learningRate);
    }

    void setExclusions(List<String> patterns) {
        exclusions = List.copyOf(patterns);
    }

    void setWarnings(Consumer<String> listener) {
        warnings = listener;
    }

    void warn(String warning) {
        warnings.accept(warning);
    }
}
