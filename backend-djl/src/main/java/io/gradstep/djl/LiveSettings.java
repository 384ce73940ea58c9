package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.optim.LearningRate;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.function.Consumer;

/** What the user has set, at first and since, for all optimizers that serve a model one after the other. */
final class LiveSettings {
    private Settings settings;
    private List<String> exclusions = List.of();
    /** Null if warnings go where they go by default. */
    private Consumer<String> warnings;

    private boolean hasWarned;

    LiveSettings(Settings settings) {
        this.settings = settings;
    }

    /** A new optimizer that is set as all others are, not yet built. */
    Optimizer<NDArray> on(Backend<NDArray> backend) {
        Optimizer<NDArray> optimizer = settings.on(backend);
        optimizer.excludeFromWeightDecay(List.of(), exclusions);
        if (warnings != null) {
            optimizer.onWarning(warnings);
        }
        return optimizer;
    }

    /** A warning of the drop-in's own, by default once. */
    void warn(String warning) {
        if (warnings != null) {
            warnings.accept(warning);
        } else if (!hasWarned) {
            hasWarned = true;
            System.getLogger("io.gradstep").log(System.Logger.Level.WARNING, warning);
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
}
