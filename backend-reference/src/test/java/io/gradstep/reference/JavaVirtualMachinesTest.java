package io.gradstep.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.ExecutionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a Java virtual machine runs it, a step has the same bits. */
class JavaVirtualMachinesTest {
    private static List<String> eager;

    @BeforeAll
    static void runEagerly() {
        eager = StepDigest.lines(ExecutionMode.EAGER);
    }

    @Test
    void in_this_one_all_modes_agree() {
        assertThat(StepDigest.lines(ExecutionMode.COMPILED)).isEqualTo(eager);
        assertThat(StepDigest.lines(ExecutionMode.INTERPRETED)).isEqualTo(eager);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "COMPILED, -Xint",
        "INTERPRETED, -Xint",
        "COMPILED, -XX:TieredStopAtLevel=1",
        "INTERPRETED, -XX:TieredStopAtLevel=1",
        "COMPILED, -XX:-TieredCompilation",
        "COMPILED, -XX:+UnlockDiagnosticVMOptions -XX:+BytecodeVerificationLocal -XX:+BytecodeVerificationRemote",
        // No helper ever comes.
        "COMPILED, -Djava.util.concurrent.ForkJoinPool.common.parallelism=0",
        "COMPILED, -XX:ActiveProcessorCount=1",
    })
    void in_another_one_the_bits_are_the_same(ExecutionMode mode, String flags, @TempDir Path folder)
            throws IOException, InterruptedException {
        assertThat(run(mode, flags, folder)).isEqualTo(eager);
    }

    private static List<String> run(ExecutionMode mode, String flags, Path folder)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags.split(" ", -1)));
        command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(StepDigest.class.getName(), mode.name()));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = process.waitFor();
        List<String> lines = Files.readAllLines(output);
        assertThat(exit).as("%s", lines).isZero();
        return lines;
    }
}
