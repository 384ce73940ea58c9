package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The programs of {@code getting-started.md}. */
class GettingStartedTest {
    @Test
    void the_plain_program_finds_the_point() throws Exception {
        assertThat(Printed.by(PlainProgram::main).replace(',', '.')).isEqualTo("3.0 -1.0");
    }

    @Test
    void the_program_for_dl4j_learns_exclusive_or() throws Exception {
        assertThat(Printed.by(Dl4jProgram::main).replaceAll("\\s+", "")).isEqualTo("[[false],[true],[true],[false]]");
    }

    @Test
    void the_program_for_djl_learns_to_add() throws Exception {
        assertThat(Printed.by(DjlProgram::main).replaceAll("\\s+", "").replace("-0.", "0."))
                .endsWith("[[0.],[1.],[1.],[2.],]");
    }

    @Test
    void the_program_for_nd4j_has_the_numbers_of_keras() {
        // guide: getting-started/nd4j
        INDArray kernel = Nd4j.createFromArray(1f, -2f, 3f);
        RMSprop settings = RMSprop.builder()
                .learningRate(0.1)
                .momentum(0.9)
                .centered(true)
                .weightDecay(0.004)
                .globalClipnorm(1.0)
                .build();
        try (Backend<INDArray> nd4j = new Nd4jProvider().open();
                Optimizer<INDArray> optimizer = settings.on(nd4j)) {
            optimizer.build(List.of(nd4j.wrap(kernel, "dense/kernel")));
            for (int step = 0; step < 50; step++) {
                INDArray gradient = kernel.dup(); // of x²/2
                optimizer.apply(List.of(gradient));
            }
            System.out.println(kernel + " after " + optimizer.iterations() + " steps");
        }
        // end
        // Keras 3.15.1 on NumPy.
        assertThat(kernel.toFloatVector()).containsExactly(0.048106384f, 0.031252906f, 0.12382285f);
    }
}
