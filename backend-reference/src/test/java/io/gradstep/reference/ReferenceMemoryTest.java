package io.gradstep.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReferenceMemoryTest {
    /** One object kept per step would be 320 KB or more. */
    private static final long ALLOWED_BYTES = 100_000;

    @Test
    void the_heap_is_flat_over_20_000_steps() {
        RMSprop settings = RMSprop.builder().momentum(0.9).centered(true).build();
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = settings.on(backend)) {
            List<TensorVariable<HostTensor>> variables = List.of(
                    backend.wrap(HostTensor.of(Shape.of(2, 2), 1f, 2f, 3f, 4f), "kernel"),
                    backend.wrap(HostTensor.of(Shape.of(2), 1f, 2f), "bias"));
            // After 1,000 the JVM itself still grows by up to 200 KB.
            steps(optimizer, variables, 20_000);
            long before = usedHeap();
            steps(optimizer, variables, 20_000);
            assertThat(usedHeap() - before).isLessThan(ALLOWED_BYTES);
        }
    }

    @Test
    void a_gradient_is_not_kept_after_the_step() {
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = new RMSprop(0.1).on(backend)) {
            HostTensor gradient = HostTensor.of(Shape.of(2), 1f, 2f);
            WeakReference<HostTensor> kept = new WeakReference<>(gradient);
            optimizer.apply(List.of(gradient), List.of(backend.wrap(HostTensor.of(Shape.of(2), 1f, 2f), "w")));
            gradient = null;
            System.gc();
            assertThat(kept.get()).isNull();
        }
    }

    @Test
    void no_gradient_of_several_is_kept_nor_that_of_an_update_step() {
        try (Backend<HostTensor> backend = new ReferenceProvider().open();
                Optimizer<HostTensor> optimizer = new RMSprop(0.1).on(backend)) {
            List<TensorVariable<HostTensor>> variables = List.of(
                    backend.wrap(HostTensor.of(Shape.scalar(), 1f), "first"),
                    backend.wrap(HostTensor.of(Shape.scalar(), 1f), "second"));
            List<WeakReference<HostTensor>> kept = new ArrayList<>();
            optimizer.apply(List.of(gradient(kept), gradient(kept)), variables);
            optimizer.updateStep(gradient(kept), variables.get(0), 0.1);
            System.gc();
            assertThat(kept)
                    .hasSize(3)
                    .allSatisfy(reference -> assertThat(reference.get()).isNull());
        }
    }

    private static HostTensor gradient(List<WeakReference<HostTensor>> references) {
        HostTensor gradient = HostTensor.of(Shape.scalar(), 1f);
        references.add(new WeakReference<>(gradient));
        return gradient;
    }

    private static void steps(Optimizer<HostTensor> optimizer, List<TensorVariable<HostTensor>> variables, int count) {
        for (int step = 0; step < count; step++) {
            optimizer.apply(
                    List.of(HostTensor.of(Shape.of(2, 2), step, 2f, 3f, 4f), HostTensor.of(Shape.of(2), 1f, step)),
                    variables);
        }
    }

    private static long usedHeap() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
