package io.gradstep.examples.guides;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.util.List;

/** What a line through 3 at (1, 2) is after 50 steps, by the reference. */
final class Line {
    private Line() {}

    /**
     * The weights and the bias of a line through 3 at (1, 2), after 50 steps of the reference from 0.
     *
     * @param factor of the squared error in the loss, doubled
     */
    static float[] byTheReference(RMSprop settings, float factor) {
        HostTensor kernel = HostTensor.of(Shape.of(2, 1), 0f, 0f);
        HostTensor bias = HostTensor.of(Shape.of(1), 0f);
        try (Backend<HostTensor> reference = new ReferenceProvider().open();
                Optimizer<HostTensor> same = settings.on(reference)) {
            List<TensorVariable<HostTensor>> variables =
                    List.of(reference.wrap(kernel, "line/kernel"), reference.wrap(bias, "line/bias"));
            same.build(variables);
            same.excludeFromWeightDecay(List.of(), List.of("bias"));
            for (int step = 0; step < 50; step++) {
                float slope = factor * (kernel.floats()[0] + 2 * kernel.floats()[1] + bias.floats()[0] - 3);
                same.apply(
                        List.of(HostTensor.of(kernel.shape(), slope, 2 * slope), HostTensor.of(bias.shape(), slope)));
            }
            same.finalizeVariableValues(variables);
        }
        return new float[] {kernel.floats()[0], kernel.floats()[1], bias.floats()[0]};
    }
}
