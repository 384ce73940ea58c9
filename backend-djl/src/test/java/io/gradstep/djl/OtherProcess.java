package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java virtual machine of its own, with the class path of this one. */
final class OtherProcess {
    private OtherProcess() {}

    /**
     * Runs it to its good end.
     *
     * @param directory for what it prints
     * @return the lines that it printed
     */
    static List<String> run(Path directory, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dai.djl.offline=true", "-DOPT_OUT_TRACKING=true", "-XX:+UseSerialGC", "-cp"));
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Path output = directory.resolve("output");
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
