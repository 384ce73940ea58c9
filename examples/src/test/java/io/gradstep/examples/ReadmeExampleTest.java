package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.nd4j.Nd4jProvider;
import io.gradstep.ops.Backend;
import io.gradstep.optim.Optimizer;
import io.gradstep.optim.RMSprop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The program in the README: it is run, and it stands there word for word. */
class ReadmeExampleTest {
    @Test
    void the_program_runs() {
        // README
        INDArray kernel = Nd4j.createFromArray(1f, -2f, 3f);
        RMSprop settings =
                RMSprop.builder().learningRate(0.1).momentum(0.9).centered(true).build();
        try (Backend<INDArray> nd4j = new Nd4jProvider().open();
                Optimizer<INDArray> optimizer = settings.on(nd4j)) {
            optimizer.build(List.of(nd4j.wrap(kernel, "dense/kernel")));
            for (int step = 0; step < 50; step++) {
                INDArray gradient = kernel.dup(); // of x²/2
                optimizer.apply(List.of(gradient));
            }
            System.out.println(kernel + " after " + optimizer.iterations() + " steps");
        }
        // README
        assertThat(kernel.toFloatVector()).doesNotContain(1f, -2f, 3f);
    }

    @Test
    void the_readme_shows_this_program() throws IOException {
        Path here = Path.of("src/test/java/io/gradstep/examples/ReadmeExampleTest.java");
        String program = Files.readString(here).split(" {8}// README\n", -1)[1];
        String shown = program.lines().map(line -> line.substring(8)).collect(Collectors.joining("\n"));
        assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + shown + "\n```");
    }
}
