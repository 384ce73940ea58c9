package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.optim.Settings;
import io.gradstep.tck.Bits;
import io.gradstep.tck.ScenarioTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files that Keras wrote: what is read of them, and what a copy has of them. */
class GoldenFilesTest {
    @TempDir
    private Path folder;

    static List<String> files() {
        return GoldenFiles.all();
    }

    private KerasFile open(String file) throws IOException {
        return KerasFile.open(GoldenFiles.in(folder, file));
    }

    private static List<JsonObject> objects(JsonObject tree, String key) {
        return StreamSupport.stream(tree.getAsJsonArray(key).spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("files")
    void groups_and_attributes_are_those_that_keras_wrote(String name) throws IOException {
        JsonObject tree = GoldenFiles.tree(name);
        List<String> groups = new ArrayList<>();
        tree.getAsJsonArray("groups")
                .forEach(group -> groups.add(group.getAsString().equals("/") ? "" : group.getAsString()));
        Map<String, Map<String, String>> attributes = new LinkedHashMap<>();
        objects(tree, "attributes")
                .forEach(attribute -> attributes
                        .computeIfAbsent(attribute.get("path").getAsString(), path -> new LinkedHashMap<>())
                        .put(
                                attribute.get("name").getAsString(),
                                attribute.get("value").getAsString()));
        try (KerasFile file = open(name)) {
            assertThat(file.groups())
                    .containsExactlyInAnyOrderElementsOf(groups)
                    .hasSizeGreaterThan(5);
            for (String group : groups) {
                assertThat(file.attributes(group)).as(group).isEqualTo(attributes.getOrDefault(group, Map.of()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void arrays_have_the_bits_that_keras_wrote(String name) throws IOException {
        List<JsonObject> expected = objects(GoldenFiles.tree(name), "datasets");
        assertThat(expected).hasSizeGreaterThan(5);
        try (KerasFile file = open(name)) {
            assertThat(file.arrays()).hasSameSizeAs(expected);
            for (JsonObject dataSet : expected) {
                String path = dataSet.get("path").getAsString();
                HostTensor array = file.array(path);
                Shape shape = Shape.of(
                        StreamSupport.stream(dataSet.getAsJsonArray("shape").spliterator(), false)
                                .mapToLong(JsonElement::getAsLong)
                                .toArray());
                assertThat(file.arrays())
                        .contains(new StoredArray(path, dataSet.get("dtype").getAsString(), shape));
                Bits.assertEqual(path, ScenarioTensor.parse(dataSet.get("values"), shape, array.dtype()), array);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void an_unchanged_copy_has_the_same_bytes(String name) throws IOException {
        Path target = folder.resolve("copy");
        try (KerasFile file = open(name)) {
            file.copy().writeTo(target);
        }
        try (KerasFile file = open(name);
                KerasFile copy = KerasFile.open(target)) {
            assertSame(file, copy, Map.of());
        }
        if (name.endsWith(".h5")) {
            assertThat(target).hasBinaryContent(GoldenFiles.bytes(name));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_copy_has_other_values_where_they_were_given_and_all_else_as_it_was(String name) throws IOException {
        Path target = folder.resolve("copy");
        Map<String, HostTensor> given = new LinkedHashMap<>();
        try (KerasFile file = open(name)) {
            List<NamedArray> state = new ArrayList<>();
            for (NamedArray array : file.optimizerState().arrays()) {
                HostTensor other = other(array.values());
                given.put(array.name(), other);
                state.add(new NamedArray("any", other));
            }
            String weight = file.arrays().get(0).path();
            given.put(weight, other(file.array(weight)));
            file.copy()
                    .array(weight, given.get(weight))
                    .optimizerState(new OptimizerState(state))
                    .writeTo(target);
        }
        given.keySet().stream()
                .filter(path -> path.startsWith(KerasFile.INNER_OPTIMIZER))
                .toList()
                .forEach(path -> given.put(
                        KerasFile.OPTIMIZER + "/"
                                + (LossScale.OWN_VARIABLES + Integer.parseInt(path.replaceAll(".*/", ""))),
                        given.get(path)));
        try (KerasFile file = open(name);
                KerasFile copy = KerasFile.open(target)) {
            assertSame(file, copy, given);
        }
    }

    private static HostTensor other(HostTensor tensor) {
        HostTensor other = tensor.copy();
        for (int i = 0; i < other.length(); i++) {
            other.set(i, 3 * other.get(i) + i + 1);
        }
        return other;
    }

    private static void assertSame(KerasFile file, KerasFile copy, Map<String, HostTensor> others) throws IOException {
        assertThat(copy.groups()).isEqualTo(file.groups());
        assertThat(copy.arrays()).isEqualTo(file.arrays());
        for (String group : file.groups()) {
            assertThat(copy.attributes(group)).isEqualTo(file.attributes(group));
        }
        for (StoredArray array : file.arrays()) {
            HostTensor expected =
                    others.containsKey(array.path()) ? others.get(array.path()) : file.array(array.path());
            Bits.assertEqual(array.path(), expected, copy.array(array.path()));
        }
        assertThat(copy.serializedOptimizer()).isEqualTo(file.serializedOptimizer());
    }

    @ParameterizedTest
    @MethodSource("files")
    void a_file_from_nothing_has_what_keras_wrote(String name) throws IOException {
        Path target = folder.resolve("new.weights.h5");
        try (KerasFile file = open(name)) {
            WeightsFile written = new WeightsFile();
            for (StoredArray array : file.arrays()) {
                written.array(array.path(), file.array(array.path()));
            }
            for (String group : file.groups()) {
                file.attributes(group).forEach((key, text) -> written.attribute(group, key, text));
            }
            written.writeTo(target);
        }
        try (KerasFile file = open(name);
                KerasFile copy = KerasFile.open(target)) {
            assertThat(copy.groups()).isEqualTo(file.groups());
            assertThat(copy.arrays()).isEqualTo(file.arrays());
            for (String group : file.groups()) {
                assertThat(copy.attributes(group)).isEqualTo(file.attributes(group));
            }
            for (StoredArray array : file.arrays()) {
                Bits.assertEqual(array.path(), file.array(array.path()), copy.array(array.path()));
            }
        }
    }

    @Test
    void an_archive_says_what_the_optimizer_is_and_a_file_of_weights_does_not() throws IOException {
        try (KerasFile file = open("dense-plain.keras")) {
            assertThat(file.optimizer())
                    .contains(RMSprop.builder().learningRate(0.01f).build());
        }
        try (KerasFile file = open("dense-loss-scale.keras")) {
            Settings settings = file.optimizer().orElseThrow();
            assertThat(settings).isInstanceOf(LossScale.class);
            assertThat(((LossScale) settings).initialScale()).isEqualTo(64);
        }
        try (KerasFile file = open("dense-plain.weights.h5")) {
            assertThat(file.optimizer()).isEmpty();
        }
    }

    @Test
    void what_comes_from_the_inner_optimizer_goes_before_what_the_loss_scale_wrote_of_it() throws IOException {
        Path target = folder.resolve("copy");
        HostTensor inner = HostTensor.of(Shape.scalar(), 41);
        try (KerasFile file = open("dense-loss-scale.weights.h5")) {
            file.copy().array(KerasFile.INNER_OPTIMIZER + "/0", inner).writeTo(target);
        }
        try (KerasFile file = KerasFile.open(target)) {
            Bits.assertEqual(
                    "iteration",
                    inner,
                    file.optimizerState().arrays().get(LossScale.OWN_VARIABLES).values());
        }
    }

    @Test
    void a_state_that_does_not_fit_is_refused_with_a_table_and_nothing_is_written() throws IOException {
        Path target = folder.resolve("copy");
        try (KerasFile file = open("dense-plain.keras")) {
            OptimizerState state = file.optimizerState();
            OptimizerState shorter = new OptimizerState(state.arrays().subList(0, 5));
            assertThatThrownBy(() -> file.copy().optimizerState(shorter))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("5 arrays for 6 places")
                    .hasMessageContaining("optimizer/vars/5 (3,)")
                    .hasMessageContaining("(none)  <- does not fit");
        }
        assertThat(target).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }
}
