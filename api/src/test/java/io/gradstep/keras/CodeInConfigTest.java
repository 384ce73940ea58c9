package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.optim.RMSprop;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Configurations by which Keras's own loaders were made to run code or to read files: here nothing comes of them. */
class CodeInConfigTest {
    @TempDir
    private Path folder;

    /** What somebody else's code would be made of; the CVEs are in {@code .github/SECURITY.md}. */
    enum Code {
        LAMBDA("keras.layers", "Lambda", "{'function': {'class_name': '__lambda__', 'config': {'code': '4wEAAAA='}}}"),
        ANY_FUNCTION("os", "function", "'system'"),
        ANY_CLASS("subprocess", "Popen", "{'args': ['touch', 'owned']}"),
        FUNCTION_OF_KERAS("keras.src.utils.file_utils", "function", "'get_file'"),
        UNSAFE_MODE("keras.config", "function", "'enable_unsafe_deserialization'"),
        PICKLE("keras.layers", "TorchModuleWrapper", "{'module': 'gASVIQAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOU'}"),
        SAVED_MODEL("keras.layers", "TFSMLayer", "{'filepath': '/tmp/model'}"),
        VOCABULARY("keras.layers", "StringLookup", "{'vocabulary': '/etc/passwd'}"),
        FOLDER_BY_NAME("keras.layers", "Dense", "{'name': '../../owned', 'units': 1}");

        private final String serialized;

        Code(String module, String className, String config) {
            serialized = ("{'module': '" + module + "', 'class_name': '" + className + "', 'config': " + config
                            + ", 'registered_name': null}")
                    .replace('\'', '"');
        }
    }

    private KerasFile open(String config) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put(KerasArchive.CONFIG, config.getBytes(StandardCharsets.UTF_8));
        entries.put(KerasArchive.WEIGHTS, GoldenFiles.bytes("dense-plain.weights.h5"));
        return KerasFile.open(Files.write(folder.resolve("model.keras"), Zips.of(entries)));
    }

    @ParameterizedTest
    @EnumSource
    void it_is_no_optimizer(Code code) throws IOException {
        try (KerasFile file = open("{\"compile_config\": {\"optimizer\": " + code.serialized + "}}")) {
            assertThatThrownBy(file::optimizer)
                    .isInstanceOf(KerasFileException.class)
                    .hasMessageContaining("Could not interpret optimizer identifier");
        }
    }

    @ParameterizedTest
    @EnumSource
    void it_is_no_learning_rate_and_no_inner_optimizer(Code code) throws IOException {
        for (String optimizer : new String[] {
            "{\"class_name\": \"RMSprop\", \"config\": {\"learning_rate\": " + code.serialized + "}}",
            "{\"class_name\": \"LossScaleOptimizer\", \"config\": {\"inner_optimizer\": " + code.serialized + "}}"
        }) {
            try (KerasFile file = open("{\"compile_config\": {\"optimizer\": " + optimizer + "}}")) {
                assertThatThrownBy(file::optimizer)
                        .isInstanceOf(KerasFileException.class)
                        .hasMessageContaining("Could not ");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void as_a_layer_it_is_not_looked_at(Code code) throws IOException {
        String rmsprop = Keras.toJson(new RMSprop(0.5));
        String model = "{\"class_name\": \"Sequential\", \"config\": {\"layers\": [" + code.serialized + "]}, "
                + "\"compile_config\": {\"optimizer\": " + rmsprop + ", \"loss\": " + code.serialized + "}}";
        try (KerasFile file = open(model)) {
            assertThat(file.optimizer()).contains(new RMSprop(0.5));
        }
    }

    @ParameterizedTest
    @EnumSource
    void in_an_attribute_it_is_text(Code code) throws IOException {
        Path path = folder.resolve("old.h5");
        new WeightsFile().attribute("", "model_config", code.serialized).writeTo(path);
        try (KerasFile file = KerasFile.open(path)) {
            assertThat(file.attributes("")).containsExactly(Map.entry("model_config", code.serialized));
            assertThat(file.optimizer()).isEmpty();
        }
    }

    @Test
    void the_table_of_known_vulnerabilities_names_tests_that_exist() throws IOException {
        Pattern test = Pattern.compile("`(\\w+Test)\\.(\\w+)`");
        List<String> named = test.matcher(Files.readString(Path.of("../.github/SECURITY.md")))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(named).hasSizeGreaterThan(15).allSatisfy(name -> {
            Matcher parts = test.matcher(name);
            assertThat(parts.matches()).isTrue();
            Class<?> type = Class.forName(getClass().getPackageName() + "." + parts.group(1));
            assertThat(type.getDeclaredMethods()).extracting(Method::getName).contains(parts.group(2));
        });
    }
}
