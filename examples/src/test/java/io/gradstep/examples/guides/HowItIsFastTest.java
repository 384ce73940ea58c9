package io.gradstep.examples.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider.Options;
import io.gradstep.ops.Execution;
import io.gradstep.ops.ExecutionMode;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The programs of {@code how-it-is-fast.md}. */
class HowItIsFastTest {
    @Test
    void threads_and_mode_are_options_of_the_backend() {
        INDArray weights = Nd4j.ones(3);
        // guide: how-it-is-fast/options
        Options oneThread = Options.DEFAULT.withThreads(1);
        Options eager = Options.DEFAULT.withExecution(ExecutionMode.EAGER);
        try (Backend<INDArray> nd4j = new Nd4jProvider().open(eager);
                Optimizer<INDArray> optimizer = new RMSprop(0.01).on(nd4j)) {
            optimizer.build(List.of(nd4j.wrap(weights, "weights")));
            Map<String, Execution> how = optimizer.execution(); // by path: the mode, and why it is this one
            // hide
            assertThat(how.get("weights").mode()).isEqualTo(ExecutionMode.EAGER);
            // show
        }
        // end
        assertThat(oneThread.threads()).isEqualTo(1);
    }
}
