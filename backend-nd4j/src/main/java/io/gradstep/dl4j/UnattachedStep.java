package io.gradstep.dl4j;

import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.DType;
import io.gradstep.ops.DescribedVariable;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.Settings;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The steps of an updater that sees gradients only: they become what DL4J is to subtract from the parameters. */
final class UnattachedStep {
    private final GradientVariable gradients;
    private final Optimizer<INDArray> optimizer;
    private double rate;

    private UnattachedStep(GradientVariable gradients, Optimizer<INDArray> optimizer) {
        this.gradients = gradients;
        this.optimizer = optimizer;
        optimizer.setLearningRate(() -> rate);
    }

    /**
     * The steps of one block of variables, or of one variable of SameDiff.
     *
     * @param state an array for each slot of the settings
     * @param gradient one that is to be stepped with; all later ones have its shape, dtype and order
     * @throws IllegalStateException if the settings need the parameters
     */
    static UnattachedStep of(GradstepUpdater config, List<INDArray> state, INDArray gradient) {
        Settings settings = config.settings();
        NeedsParameters.refuse(settings);
        GradientVariable variable = new GradientVariable(dtype(gradient), Shape.of(gradient.shape()));
        Optimizer<INDArray> optimizer = settings.on(new IntoGradients(config.options(), Map.of(variable, state)));
        UnattachedStep step = new UnattachedStep(variable, optimizer);
        variable.gradient = gradient;
        optimizer.build(List.of(variable));
        variable.gradient = null;
        return step;
    }

    static DType dtype(INDArray array) {
        return switch (array.dataType()) {
            case FLOAT -> DType.FLOAT32;
            case DOUBLE -> DType.FLOAT64;
            default ->
                throw new IllegalArgumentException("Rules run in FLOAT and DOUBLE. Received: parameters of the type "
                        + array.dataType() + ". Give the network one of these: dataType(DataType.FLOAT)");
        };
    }

    /** Makes of a gradient what is to be subtracted. If it throws, the gradient is as it was. */
    void step(INDArray gradient, int iteration, double learningRate) {
        rate = learningRate;
        gradients.gradient = gradient;
        try {
            optimizer.setRawIteration(iteration);
            optimizer.apply(List.of(gradient));
        } finally {
            gradients.gradient = null;
        }
    }

    /** The gradient of the present step as a variable: DL4J may come with another array each time. */
    private static final class GradientVariable extends DescribedVariable<INDArray> {
        /** Null between steps: it may lie in a workspace. */
        private INDArray gradient;

        GradientVariable(DType dtype, Shape shape) {
            super(VariableInfo.of("gradients"), dtype, shape);
        }

        @Override
        protected boolean isClosed() {
            return gradient == null;
        }

        @Override
        public INDArray value() {
            ensureOpen();
            return gradient;
        }

        @Override
        public void close() {
            gradient = null;
        }
    }

    /** Runs each step as {@link StepIntoGradient}. */
    private static final class IntoGradients extends HostedBackend {
        IntoGradients(Options options, Map<TensorVariable<INDArray>, List<INDArray>> places) {
            super(options, places);
        }

        @Override
        public void run(List<Update<INDArray>> updates) {
            // One, or none if the step has nothing to do: a variable and its gradient are all that there is.
            super.run(updates.isEmpty() ? List.of() : List.of(intoGradient(updates.get(0))));
        }

        /** Kept with the update from step to step: what is run must be the same each time. */
        @SuppressWarnings("unchecked") // nobody else attaches anything to these updates
        private static Update<INDArray> intoGradient(Update<INDArray> update) {
            if (update.attachment() == null) {
                update.attach(new Update<>(
                        new StepIntoGradient(update.rule()), update.variable(), update.slots(), update::input));
            }
            return (Update<INDArray>) update.attachment();
        }
    }
}
