package io.gradstep.examples;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Parameter;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.List;

/**
 * A DJL model that follows: its gradients are overwritten before each step. It has the weights in the shapes of {@link
 * Model#parameters()}. DJL's {@code Linear} keeps a kernel the other way round, and a norm would be added up in another
 * order.
 */
final class DjlFollower implements Follower {
    private static final String ENGINE = "PyTorch";

    private final Backend<NDArray> backend;
    private final ai.djl.Model djl = ai.djl.Model.newInstance("follower", ENGINE);
    private final Sum block;
    private final List<NDArray> weights;
    private final DjlStepper stepper;

    DjlFollower(
            Model model,
            List<HostTensor> initialWeights,
            Backend<NDArray> backend,
            OptimizerChoice choice,
            Options options) {
        this.backend = backend;
        this.block = new Sum(model, initialWeights);
        djl.setBlock(block);
        block.initialize(djl.getNDManager(), DjlArrays.dataType(initialWeights));
        this.weights =
                block.getParameters().values().stream().map(Parameter::getArray).toList();
        this.stepper = new DjlStepper(djl, choice, options);
    }

    @Override
    public void step(List<HostTensor> theirGradients) {
        goBackward();
        for (int i = 0; i < theirGradients.size(); i++) {
            // A handle on the gradient itself.
            try (NDArray gradient = weights.get(i).getGradient();
                    TensorVariable<NDArray> variable = backend.wrap(gradient, "gradient")) {
                backend.write(variable, theirGradients.get(i));
            }
        }
        stepper.step(List.of());
    }

    private void goBackward() {
        try (NDScope scope = new NDScope();
                GradientCollector collector = Engine.getEngine(ENGINE).newGradientCollector()) {
            scope.suppressNotUsedWarning();
            NDArray sum = block.forward(new ParameterStore(djl.getNDManager(), false), new NDList(), true)
                    .head();
            collector.backward(stepper.scaleLoss(sum));
        }
    }

    @Override
    public void finish() {
        stepper.finish();
    }

    @Override
    public List<HostTensor> weights() {
        return weights.stream().map(backend::read).toList();
    }

    @Override
    public void close() {
        stepper.close();
        djl.close();
    }

    /** Depends on each of its weights, so that each has a gradient. */
    private static final class Sum extends AbstractBlock {
        Sum(Model model, List<HostTensor> initialWeights) {
            for (int i = 0; i < initialWeights.size(); i++) {
                HostTensor values = initialWeights.get(i);
                String path = model.parameters().get(i).path();
                addParameter(Parameter.builder()
                                .setName(path.replace('/', '_').replace("kernel", "weight"))
                                .setType(Parameter.Type.OTHER)
                                .optShape(new Shape(values.shape().lengths()))
                                .build())
                        .setInitializer((owner, shape, type) -> DjlArrays.array(owner, values));
            }
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
            return new NDList(getParameters().values().stream()
                    .map(parameter -> parameter.getArray().sum())
                    .reduce(NDArray::add)
                    .orElseThrow());
        }

        @Override
        public Shape[] getOutputShapes(Shape[] inputs) {
            return new Shape[] {new Shape()};
        }
    }
}
