package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.examples.bench.StepExecution;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CompareCommandTest {
    private static MadeUpResult well() {
        return new MadeUpResult().reference().backend("djl", StepExecution.fused, 0, 9);
    }

    private static MadeUpResult broken() {
        return well().backend("nd4j", StepExecution.eager, 3, 1_000);
    }

    static Stream<Arguments> ends() {
        String bug = "gradstep: fed the same gradients, nd4j eager is 3 ULP off the reference. It must be 0: "
                + "this is a bug in gradstep. Please report it with the lines above";
        String early = "gradstep: ended early by Ctrl-C; what was measured before is above";
        return Stream.of(
                Arguments.of("all is well", well(), 0, ""),
                Arguments.of("a peer fails", well().failedPeer("djl", "DJL RmsProp", "It throws."), 0, ""),
                Arguments.of("a backend is broken", broken(), 1, bug),
                Arguments.of("ended early", well().endedEarly(), 130, early),
                Arguments.of("ended early, and a backend is broken", broken().endedEarly(), 1, bug),
                Arguments.of(
                        "ended at once",
                        new MadeUpResult().endedEarly(),
                        130,
                        "gradstep: ended early by Ctrl-C, before the first epoch was over"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ends")
    void a_program_can_tell_how_it_ended(String how, MadeUpResult madeUp, int exitCode, String message) {
        StringWriter err = new StringWriter();

        assertThat(CompareCommand.exitCode(madeUp.result(), new PrintWriter(err, true)))
                .isEqualTo(exitCode);
        assertThat(err.toString().strip()).isEqualTo(message);
    }
}
