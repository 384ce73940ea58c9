package io.gradstep.examples.guides;

// guide: getting-started/plain
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import io.gradstep.reference.ReferenceProvider;
import java.util.List;

/** The point nearest to (3, -1), by its gradient. */
public final class PlainProgram {
    public static void main(String[] args) {
        HostTensor point = HostTensor.of(Shape.of(2), 0f, 0f);
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = new RMSprop(0.01).on(backend)) {
            optimizer.build(List.of(backend.wrap(point, "point")));
            for (int step = 0; step < 1000; step++) {
                float[] at = point.floats();
                HostTensor gradient = HostTensor.of(point.shape(), 2 * (at[0] - 3), 2 * (at[1] + 1));
                optimizer.apply(List.of(gradient));
            }
        }
        System.out.printf("%.1f %.1f%n", point.get(0), point.get(1));
    }
}
// end
