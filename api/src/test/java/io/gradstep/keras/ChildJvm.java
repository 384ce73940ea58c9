package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java virtual machine of its own, with the class path of this one. */
final class ChildJvm {
    private ChildJvm() {}

    /**
     * What starts it.
     *
     * @param temporary for its temporary files
     */
    static ProcessBuilder of(Path temporary, List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("-XX:+UseSerialGC");
        command.add("-Djava.io.tmpdir=" + temporary);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command);
    }

    /** Runs it to its good end; what it printed last. */
    static String lastLineOf(Path temporary, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        Path output = temporary.resolve("output");
        Process process = of(temporary, options, main, arguments)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean hasEnded = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        List<String> lines = Files.readAllLines(output);
        assertThat(hasEnded).as("%s", lines).isTrue();
        assertThat(process.exitValue()).as("%s", lines).isZero();
        return lines.get(lines.size() - 1);
    }
}
