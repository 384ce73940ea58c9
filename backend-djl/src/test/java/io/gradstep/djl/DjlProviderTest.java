package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.Backends;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DjlProviderTest {
    @Test
    void is_found_by_the_name_djl() {
        assertThat(Backends.ids()).contains("djl");
        try (Backend<?> backend = Backends.open("djl")) {
            assertThat(backend.id()).isEqualTo("djl");
            assertThat(backend.tensorType()).isEqualTo(NDArray.class);
        }
    }

    @Test
    void without_the_native_code_the_error_names_what_to_add(@TempDir Path emptyCache) throws Exception {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true",
                "-cp",
                classpathWithout("pytorch-native-cpu"),
                OpenInAnotherProcess.class.getName());
        java.environment().put("DJL_CACHE_DIR", emptyCache.toString());
        java.redirectErrorStream(true);
        Process process = java.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        assertThat(output)
                .contains("DJL's engine PyTorch cannot be loaded")
                .contains("ai.djl.pytorch:pytorch-engine")
                .contains("ai.djl.pytorch:pytorch-jni")
                .contains("ai.djl.pytorch:pytorch-native-cpu");
    }

    private static String classpathWithout(String artifact) {
        String classpath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(classpath.split(File.pathSeparator, -1))
                .filter(entry -> !entry.contains(artifact))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Fails if it can open the backend. */
    static final class OpenInAnotherProcess {
        private OpenInAnotherProcess() {}

        public static void main(String[] arguments) {
            try (Backend<NDArray> backend = new DjlProvider().open()) {
                System.out.println("Opened " + backend.id());
                System.exit(1);
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
