package io.gradstep.tck;

import io.gradstep.ops.DType;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The whole kit in float64. Keras on NumPy computes float64 variables in float32, so that exact decimal arithmetic is
 * the judge here, rounded to double after each operation.
 *
 * @param <T> the tensor type
 */
public abstract class Float64Tck<T> extends RepeatedStepsTck<T> {
    private static final int STEPS = 20;
    private static final Shape SHAPE = Shape.of(5, 3);

    /** For subclasses. */
    protected Float64Tck() {}

    @Override
    final DType dtype() {
        return DType.FLOAT64;
    }

    static Stream<RMSprop> settings() {
        return Stream.of(
                new RMSprop(0.001),
                RMSprop.builder().learningRate(0.01).momentum(0.9).build(),
                RMSprop.builder().learningRate(0.01).centered(true).build(),
                RMSprop.builder()
                        .learningRate(0.03)
                        .rho(0.85)
                        .momentum(0.7)
                        .epsilon(1e-5)
                        .centered(true)
                        .build());
    }

    @ParameterizedTest
    @MethodSource("settings")
    final void gives_the_bits_of_exact_arithmetic(RMSprop settings) {
        DecimalRMSprop expected =
                new DecimalRMSprop(settings, host(SHAPE, i -> Math.sin(i + 1.0)).doubles());
        TensorVariable<T> variable = variable("w", SHAPE, i -> Math.sin(i + 1.0));
        try (Optimizer<T> optimizer = settings.on(backend())) {
            for (int step = 0; step < STEPS; step++) {
                double phase = step * 100.0;
                double[] gradient = host(SHAPE, i -> Math.cos(phase + i)).doubles();
                expected.step(gradient);
                optimizer.apply(List.of(tensor(SHAPE, i -> gradient[i])), List.of(variable));
                Bits.assertEqual(
                        settings + " after step " + step,
                        host(SHAPE, expected::variable),
                        values(variable),
                        allowance(settings.toString()));
            }
        }
    }
}
