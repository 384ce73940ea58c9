package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One backend serves several threads, each with variables of its own. */
class ThreadsTest {
    private static final int THREADS = 4;
    private static final int STEPS = 200;

    private final Backend<INDArray> backend = new Nd4jProvider().open();

    @Test
    void threads_do_not_disturb_each_other() throws Exception {
        float[] alone = train();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<float[]>> together = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                together.add(threads.submit(this::train));
            }
            for (Future<float[]> result : together) {
                assertThat(result.get()).isEqualTo(alone);
            }
        } finally {
            threads.shutdown();
        }
    }

    private float[] train() {
        INDArray weights = backend.tensor(HostTensor.of(Shape.of(2, 2), 1f, -2f, 3f, -4f));
        try (Optimizer<INDArray> optimizer =
                RMSprop.builder().momentum(0.9).centered(true).build().on(backend)) {
            optimizer.build(List.of(backend.wrap(weights, "w")));
            for (int step = 0; step < STEPS; step++) {
                try (INDArray gradient = weights.dup()) {
                    optimizer.apply(List.of(gradient));
                }
            }
        }
        return backend.read(weights).floats();
    }
}
