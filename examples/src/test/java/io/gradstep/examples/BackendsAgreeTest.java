package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.djl.DjlProvider;
import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.ops.HostTensor;
import io.gradstep.reference.ReferenceProvider;
import io.gradstep.tck.RandomScenario;
import io.gradstep.tck.Scenario;
import io.gradstep.tck.ScenarioRun;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the settings, variables and steps, all backends end at the same bits. A failure leaves a scenario file:
 * {@code replay --backend nd4j target/random-17.json} runs it again.
 */
class BackendsAgreeTest {
    private static Backend<?> nd4j;
    private static Backend<?> djl;

    @BeforeAll
    static void open() {
        nd4j = new Nd4jProvider().open();
        djl = new DjlProvider().open();
    }

    @AfterAll
    static void close() {
        nd4j.close();
        djl.close();
    }

    /** The first by itself, and others when asked for: {@code -Dgradstep.seeds=1000}. */
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("gradstep.seeds", 60));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void on_a_random_scenario(long seed) throws IOException {
        Scenario scenario = RandomScenario.of(seed);
        List<String> expected = run(new ReferenceProvider().open(), scenario);
        for (Backend<?> backend : List.of(nd4j, djl)) {
            List<String> actual = run(backend, scenario);
            if (!actual.equals(expected)) {
                Path file = Path.of("target", scenario.name() + ".json");
                Files.writeString(file, scenario.json().toString());
                assertThat(actual)
                        .as("%s, seed %d, scenario %s", backend.id(), seed, file)
                        .isEqualTo(expected);
            }
        }
    }

    /** One text for each tensor after each step: text keeps the sign of zeros, and all NaNs are one. */
    private static <T> List<String> run(Backend<T> backend, Scenario scenario) {
        List<String> results = new ArrayList<>();
        try (ScenarioRun<T> run = new ScenarioRun<>(backend, scenario)) {
            run.run((step, variables, optimizerVariables) -> {
                variables.forEach(tensor -> results.add(text(step, tensor)));
                optimizerVariables.forEach(tensor -> results.add(text(step, tensor)));
            });
        }
        return results;
    }

    private static String text(int step, HostTensor tensor) {
        return "step " + step + " " + tensor.dtype() + " " + ScenarioTensor.writeAll(tensor);
    }
}
