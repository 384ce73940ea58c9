package io.gradstep.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.keras.WeightsFile;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.tck.GoldenScenarios;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectCommandTest {
    private record Run(int exitCode, String out, String err) {
        static Run inspect(Path file) {
            StringWriter out = new StringWriter();
            StringWriter err = new StringWriter();
            int exitCode = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), "inspect", file.toString());
            return new Run(exitCode, out.toString(), err.toString());
        }

        void prints(String text) {
            assertThat(err).isEmpty();
            assertThat(exitCode).isZero();
            assertThat(out.lines()).containsExactlyElementsOf(text.lines().toList());
        }

        void isRefusedWith(String message) {
            assertThat(exitCode).isEqualTo(2);
            assertThat(out).isEmpty();
            assertThat(err).startsWith("gradstep: ").contains(message);
            assertThat(err.lines()).hasSize(1);
        }
    }

    @TempDir
    private Path folder;

    private Path golden(String name) {
        return GoldenScenarios.kerasFile(name, folder);
    }

    /** A model of Keras's with another configuration. */
    private Path withConfig(String config) throws IOException {
        Map<String, byte[]> entries = ZipEntries.of(golden("dense-plain.keras"));
        entries.put("config.json", config.getBytes(StandardCharsets.UTF_8));
        return ZipEntries.write(folder.resolve("other.keras"), entries);
    }

    @Test
    void prints_groups_arrays_and_names_of_a_file_of_weights() {
        Run.inspect(golden("batch-norm-ema.weights.h5")).prints("""
                batch-norm-ema.weights.h5 with 19 arrays
                  layers/
                    batch_normalization/
                      vars/  name=batch_normalization
                        0  <f4 (6,)
                        1  <f4 (6,)
                        2  <f4 (6,)
                        3  <f4 (6,)
                    dense/
                      vars/  name=dense
                        0  <f4 (5, 6)
                    dense_1/
                      vars/  name=dense_1
                        0  <f4 (6, 2)
                        1  <f4 (2,)
                  optimizer/
                    vars/  name=rmsprop
                      0  <i4 ()
                      1  <f4 ()
                      2  <f4 (5, 6)
                      3  <f4 (6,)
                      4  <f4 (6,)
                      5  <f4 (6, 2)
                      6  <f4 (2,)
                      7  <f4 (5, 6)
                      8  <f4 (6,)
                      9  <f4 (6,)
                      10  <f4 (6, 2)
                      11  <f4 (2,)
                  vars/  name=normalized
                """);
    }

    @Test
    void names_numbers_that_it_does_not_read() {
        Run.inspect(GoldenScenarios.hdf5File("bfloat16.weights.h5", folder)).prints("""
                bfloat16.weights.h5 with 8 arrays
                  layers/
                    dense/
                      vars/  name=dense
                        0  bfloat16 (2, 2)  dtype=bfloat16
                    dense_1/
                      vars/  name=dense_1
                        0  <f4 (2, 1)
                        1  <f4 (1,)
                  optimizer/
                    vars/  name=rmsprop
                      0  <i4 ()
                      1  <f4 ()
                      2  bfloat16 (2, 2)  dtype=bfloat16
                      3  <f4 (2, 1)
                      4  <f4 (1,)
                  vars/  name=narrow
                """);
    }

    @Test
    void prints_the_optimizer_of_an_archive() {
        Run.inspect(golden("dense-plain.keras")).prints("""
                dense-plain.keras with 10 arrays, and the model's configuration
                  layers/
                    dense/
                      vars/  name=dense
                        0  <f4 (4, 8)
                        1  <f4 (8,)
                    dense_1/
                      vars/  name=dense_1
                        0  <f4 (8, 3)
                        1  <f4 (3,)
                  optimizer/
                    vars/  name=rmsprop
                      0  <i4 ()
                      1  <f4 ()
                      2  <f4 (4, 8)
                      3  <f4 (8,)
                      4  <f4 (8, 3)
                      5  <f4 (3,)
                  vars/  name=mlp
                optimizer, as it was compiled:
                {
                  "module": "keras.optimizers",
                  "class_name": "RMSprop",
                  "config": {
                    "name": "rmsprop",
                    "learning_rate": 0.009999999776482582,
                    "weight_decay": null,
                    "clipnorm": null,
                    "global_clipnorm": null,
                    "clipvalue": null,
                    "use_ema": false,
                    "ema_momentum": 0.99,
                    "ema_overwrite_frequency": null,
                    "loss_scale_factor": null,
                    "gradient_accumulation_steps": null,
                    "rho": 0.9,
                    "momentum": 0.0,
                    "epsilon": 1.0E-7,
                    "centered": false
                  },
                  "registered_name": null
                }
                """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    {}                                                            | no optimizer: the model was not compiled
                    {"compile_config": null}                                      | no optimizer: the model was not compiled
                    {"compile_config": {"loss": "mse"}}                           | no optimizer: the model was not compiled
                    {"compile_config": {"optimizer": "rmsprop"}}                  | "rmsprop"
                    {"compile_config": {"optimizer": {"class_name": "Evil"}}}     |   "class_name": "Evil"
                    {"compile_config": {"optimizer": {"a": NaN, "b": -Infinity}}} |   "a": NaN,
                    {"compile_config": {"optimizer": {"a": "x\\u001b[31m\\ny"}}}  |   "a": "x\\u001b[31m\\ny"
                    {"compile_config": {"optimizer": {"a\\u007f\\u009b": 1}}}     |   "a??": 1
                    {"compile_config": {"optimizer": {"\\u2028": "<&>'ä"}}}       |   "\\u2028": "<&>'ä"
                    """)
    void shows_whatever_optimizer_the_configuration_has(String config, String line) throws IOException {
        Run run = Run.inspect(withConfig(config));

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().map(String::strip)).contains(line.strip());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', textBlock = """
                    {"compile_config": {"optimizer": 3}} | `$.compile_config.optimizer` must be a JSON object or a name. Received: 3
                    {"compile_config": 3}                | other.keras: config.json is not read: `$.compile_config`
                    {"compile_config":                   | other.keras: config.json is not read:
                    """)
    void refuses_a_configuration_that_is_none(String config, String message) throws IOException {
        Run run = Run.inspect(withConfig(config));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("gradstep: ").contains(message);
        assertThat(run.err().lines()).hasSize(1);
    }

    @Test
    void what_names_in_a_file_say_to_a_terminal_is_not_obeyed() throws IOException {
        String bad = "a\u001b[31m\u009b\u0007\r\nb";
        Path file = folder.resolve("bad.weights.h5");
        new WeightsFile()
                .array("layers/" + bad + "/vars/0", HostTensor.of(Shape.of(1), new float[1]))
                .attribute("layers", bad, bad)
                .writeTo(file);

        Run.inspect(file).prints("""
                bad.weights.h5 with 1 array
                  layers/  a?[31m????b=a?[31m????b
                    a?[31m????b/
                      vars/
                        0  <f4 (1,)
                  vars/
                """);
    }

    @Test
    void neither_is_what_the_name_of_a_refused_file_says() throws IOException {
        Run run = Run.inspect(Files.writeString(folder.resolve("a\u001b[31m\u009bb"), "text"));

        run.isRefusedWith("a?[31m?b: ");
    }

    @Test
    void refuses_in_one_line() throws IOException {
        byte[] bytes = Files.readAllBytes(golden("dense-plain.weights.h5"));
        byte[] archive = Files.readAllBytes(golden("dense-plain.keras"));
        Path missing = folder.resolve("missing.weights.h5");

        Run.inspect(missing).isRefusedWith("There is no file " + missing);
        Run.inspect(folder).isRefusedWith(folder + " is a directory or a device. Name a file");
        Run.inspect(Files.writeString(folder.resolve("my.csv"), "a,b\n1,2\n")).isRefusedWith("my.csv: ");
        Run.inspect(Files.createFile(folder.resolve("empty"))).isRefusedWith("empty: ");
        Run.inspect(Files.write(folder.resolve("half.h5"), Arrays.copyOf(bytes, bytes.length / 2)))
                .isRefusedWith("half.h5: ");
        Run.inspect(Files.write(folder.resolve("half.keras"), Arrays.copyOf(archive, archive.length / 2)))
                .isRefusedWith("half.keras: ");
        Run.inspect(ZipEntries.write(folder.resolve("my.zip"), Map.of("a", new byte[1])))
                .isRefusedWith("has no config.json. Its entries: 'a'");
    }
}
