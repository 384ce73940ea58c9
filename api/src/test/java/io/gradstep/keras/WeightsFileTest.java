package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.gradstep.optim.LossScale;
import io.gradstep.optim.NamedArray;
import io.gradstep.optim.OptimizerState;
import io.gradstep.optim.RMSprop;
import io.gradstep.tck.Bits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsFileTest {
    private static final HostTensor ONE = HostTensor.of(Shape.scalar(), 1f);

    @TempDir
    private Path folder;

    private KerasFile written(WeightsFile file) throws IOException {
        Path target = folder.resolve("new.weights.h5");
        file.writeTo(target);
        return KerasFile.open(target);
    }

    private static String deep(int names) {
        return "a/".repeat(names - 1) + "a";
    }

    @Test
    void without_anything_there_is_the_group_of_the_models_own_variables() throws IOException {
        try (KerasFile file = written(new WeightsFile())) {
            assertThat(file.groups()).containsExactly("", "vars");
            assertThat(file.arrays()).isEmpty();
            assertThat(file.optimizerState().arrays()).isEmpty();
            assertThat(file.optimizer()).isEmpty();
        }
    }

    @Test
    void arrays_of_all_dtypes_and_ranks_come_back() throws IOException {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            for (Shape shape : List.of(
                    Shape.scalar(), Shape.of(1), Shape.of(7), Shape.of(0), Shape.of(3, 0, 2), Shape.of(2, 3, 4, 5))) {
                HostTensor array = HostTensor.filled(dtype, shape, 0);
                for (int i = 0; i < array.length(); i++) {
                    array.set(i, i - 3.25);
                }
                arrays.put(dtype + "/" + arrays.size(), array);
            }
        }
        WeightsFile weights = new WeightsFile();
        arrays.forEach(weights::array);
        try (KerasFile file = written(weights)) {
            assertThat(file.arrays()).hasSize(arrays.size());
            for (Map.Entry<String, HostTensor> array : arrays.entrySet()) {
                Bits.assertEqual(array.getKey(), array.getValue(), file.array(array.getKey()));
            }
        }
    }

    @Test
    void values_are_asked_for_when_the_file_is_written() throws IOException {
        HostTensor array = HostTensor.of(Shape.of(1), 1f);
        WeightsFile weights = new WeightsFile().array("a", array);
        array.set(0, 2);
        try (KerasFile file = written(weights)) {
            assertThat(file.array("a").floats()).containsExactly(2);
        }
    }

    @Test
    void a_layer_has_its_variables_numbered_and_its_name() throws IOException {
        try (KerasFile file =
                written(new WeightsFile().layer("dense_1", List.of(ONE, ONE)).layer("dropout", List.of()))) {
            assertThat(file.arrays())
                    .extracting(StoredArray::path)
                    .containsExactly("layers/dense_1/vars/0", "layers/dense_1/vars/1");
            assertThat(file.attributes("layers/dense_1/vars")).isEqualTo(Map.of("name", "dense_1"));
            assertThat(file.groups()).contains("layers/dropout/vars");
        }
    }

    private static OptimizerState state(int arrays) {
        List<NamedArray> state = new ArrayList<>();
        for (int i = 0; i < arrays; i++) {
            state.add(new NamedArray("any", HostTensor.of(Shape.scalar(), i)));
        }
        return new OptimizerState(state);
    }

    @Test
    void an_optimizers_state_comes_back_in_its_order() throws IOException {
        RMSprop settings = RMSprop.builder().name("mine").build();
        try (KerasFile file = written(new WeightsFile().optimizer(settings, state(12)))) {
            List<NamedArray> arrays = file.optimizerState().arrays();
            assertThat(arrays)
                    .extracting(array -> array.values().get(0))
                    .containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0);
            assertThat(arrays.get(11).name()).isEqualTo("optimizer/vars/11");
            assertThat(file.attributes("optimizer/vars")).isEqualTo(Map.of("name", "mine"));
        }
    }

    @Test
    void a_loss_scales_state_is_there_twice_from_the_inner_optimizer_on() throws IOException {
        LossScale settings = new LossScale(RMSprop.builder().name("inner").build(), 64, 100, "outer");
        try (KerasFile file = written(new WeightsFile().optimizer(settings, state(7)))) {
            assertThat(file.numbered(KerasFile.OPTIMIZER)).hasSize(7);
            assertThat(file.numbered(KerasFile.INNER_OPTIMIZER)).hasSize(3);
            assertThat(file.array(KerasFile.INNER_OPTIMIZER + "/0").get(0)).isEqualTo(4);
            assertThat(file.attributes(KerasFile.INNER_OPTIMIZER)).isEqualTo(Map.of("name", "inner"));
            assertThat(file.attributes(KerasFile.OPTIMIZER)).isEqualTo(Map.of("name", "outer"));
            assertThat(file.optimizerState().arrays())
                    .extracting(array -> array.values().get(0))
                    .containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0);
        }
    }

    @Test
    void a_loss_scales_state_without_its_own_arrays_is_refused() {
        LossScale settings = new LossScale(new RMSprop(0.1));
        assertThatThrownBy(() -> new WeightsFile().optimizer(settings, state(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("begins with 4 arrays")
                .hasMessageContaining("3 arrays");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ".", "..", "/", "/a", "a/", "a//b", "a/./b", "a/../b", "a\0", "a\0/b", "a\ud800", "\udc00a/b"
            })
    void names_that_are_none_are_refused(String path) {
        assertThatThrownBy(() -> new WeightsFile().array(path, ONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A name in a file");
    }

    @Test
    void a_name_has_1023_bytes_at_most() throws IOException {
        String longest = "é".repeat(511) + "a";
        for (String path : List.of(longest + "a", "x/" + longest + "a", longest + "a/x")) {
            assertThatThrownBy(() -> new WeightsFile().array(path, ONE)).isInstanceOf(IllegalArgumentException.class);
        }
        try (KerasFile file = written(new WeightsFile().array(longest + "/" + longest, ONE))) {
            assertThat(file.array(longest + "/" + longest).get(0)).isEqualTo(1);
        }
    }

    @Test
    void a_path_has_64_names_at_most() throws IOException {
        assertThatThrownBy(() -> new WeightsFile().array(deep(65), ONE)).hasMessageContaining("at most 64 names");
        assertThatThrownBy(() -> new WeightsFile().array(deep(100_000), ONE)).hasMessageContaining("at most 64 names");
        assertThatThrownBy(() -> new WeightsFile().attribute(deep(65), "a", "b"))
                .hasMessageContaining("at most 64 names");
        try (KerasFile file = written(new WeightsFile().array(deep(64), ONE))) {
            assertThat(file.array(deep(64)).get(0)).isEqualTo(1);
        }
    }

    @Test
    void an_array_is_neither_below_another_nor_above_one_nor_twice() {
        WeightsFile weights = new WeightsFile().array("a/b", ONE);
        assertThatThrownBy(() -> weights.array("a/b/c", ONE)).hasMessageContaining("a/b is an array");
        assertThatThrownBy(() -> weights.array("a/b/c/d", ONE)).hasMessageContaining("a/b is an array");
        assertThatThrownBy(() -> weights.attribute("a/b/c", "name", "c")).hasMessageContaining("a/b is an array");
        assertThatThrownBy(() -> weights.array("a", ONE)).hasMessageContaining("something already at a");
        assertThatThrownBy(() -> weights.array("a/b", ONE)).hasMessageContaining("something already at a/b");
        assertThatThrownBy(() -> weights.array("vars", ONE)).hasMessageContaining("something already at vars");
    }

    @Test
    void what_is_refused_leaves_nothing_behind() throws IOException {
        WeightsFile weights = new WeightsFile().array("a", ONE);
        assertThatThrownBy(() -> weights.array("b/c/..", ONE)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> weights.array("b/c/d", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> weights.attribute("b/c/..", "a", "b")).isInstanceOf(IllegalArgumentException.class);
        try (KerasFile file = written(weights.array("b", ONE))) {
            assertThat(file.groups()).containsExactly("", "vars");
        }
    }

    @Test
    void attributes_stand_at_the_root_at_groups_and_at_arrays_and_the_last_one_counts() throws IOException {
        WeightsFile weights = new WeightsFile()
                .array("a", ONE)
                .attribute("", "name", "root")
                .attribute("a", "name", "first")
                .attribute("a", "name", "größer 👍")
                .attribute("a", "empty", "")
                .attribute("b/c", "name", "root");
        try (KerasFile file = written(weights)) {
            assertThat(file.attributes("")).isEqualTo(Map.of("name", "root"));
            assertThat(file.attributes("a")).isEqualTo(Map.of("name", "größer 👍", "empty", ""));
            assertThat(file.attributes("b/c")).isEqualTo(Map.of("name", "root"));
            assertThat(file.groups()).containsExactly("", "b", "b/c", "vars");
        }
    }

    @Test
    void texts_that_are_too_long_or_end_early_are_refused() throws IOException {
        String longest = "é".repeat(1 << 14);
        for (String text : List.of(longest + "a", "a\0b", "a\ud800")) {
            assertThatThrownBy(() -> new WeightsFile().attribute("a", "name", text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("at most 32768");
        }
        try (KerasFile file = written(new WeightsFile().attribute("a", "name", longest))) {
            assertThat(file.attributes("a")).isEqualTo(Map.of("name", longest));
        }
    }

    @Test
    void more_texts_than_one_heap_is_read_with_come_back() throws IOException {
        WeightsFile weights = new WeightsFile();
        for (int i = 0; i < 600; i++) {
            weights.attribute("a" + i, "name", i + "a".repeat(32_000));
        }
        for (int i = 0; i < 50_000; i++) {
            weights.attribute("b", "" + i, "text " + i);
        }
        try (KerasFile file = written(weights)) {
            assertThat(file.attributes("a599").get("name")).startsWith("599a").hasSize(32_003);
            assertThat(file.attributes("b")).hasSize(50_000).containsEntry("49999", "text 49999");
        }
    }

    @Test
    void names_are_utf8() throws IOException {
        List<String> names = List.of("dense", "größe", "層", "👍", "a b", "%s", "\\", "\n", "\u200b");
        WeightsFile weights = new WeightsFile();
        names.forEach(name -> weights.array(name + "/" + name, ONE));
        try (KerasFile file = written(weights)) {
            assertThat(file.arrays())
                    .extracting(StoredArray::path)
                    .containsExactlyInAnyOrderElementsOf(
                            names.stream().map(name -> name + "/" + name).toList());
        }
    }

    @Test
    void ten_thousand_arrays_come_back() throws IOException {
        List<HostTensor> arrays = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            arrays.add(HostTensor.of(Shape.of(1), i));
        }
        try (KerasFile file = written(new WeightsFile().layer("dense", arrays))) {
            assertThat(file.arrays()).hasSize(10_000);
            assertThat(file.array("layers/dense/vars/9999").ints()).containsExactly(9_999);
        }
    }

    @Test
    void what_is_refused_has_added_nothing() throws IOException {
        HostTensor one = HostTensor.of(Shape.of(1), 1f);
        WeightsFile file = new WeightsFile();
        assertThatThrownBy(() -> file.layer("dense", Arrays.asList(one, null)))
                .isInstanceOf(NullPointerException.class);
        OptimizerState state = new OptimizerState(Collections.nCopies(5, new NamedArray("any", one)));
        LossScale scale = new LossScale(new RMSprop(0.1), 8, 2, "a\0b");
        assertThatThrownBy(() -> file.optimizer(scale, state)).isInstanceOf(IllegalArgumentException.class);

        Path path = folder.resolve("new.weights.h5");
        file.layer("dense", List.of(one)).optimizer(new RMSprop(0.1), state).writeTo(path);

        try (KerasFile written = KerasFile.open(path)) {
            assertThat(written.arrays()).hasSize(6);
            assertThat(written.groups()).doesNotContain("optimizer/inner_optimizer");
        }
    }

    @Test
    void a_rank_above_32_is_refused() {
        HostTensor deep =
                HostTensor.of(Shape.of(LongStream.generate(() -> 1).limit(33).toArray()), 1f);
        assertThatThrownBy(() -> new WeightsFile().array("a", deep))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 32 axes")
                .hasMessageContaining("rank 33");
    }

    @Test
    void more_than_is_read_is_not_written() {
        WeightsFile file = new WeightsFile();
        HostTensor none = HostTensor.of(Shape.of(0), new float[0]);
        for (int i = 0; i < 200_000; i++) {
            file.array("a/" + i, none);
        }
        assertThatThrownBy(() -> file.writeTo(folder.resolve("many.h5")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 200000");
        assertThat(folder).isEmptyDirectory();
    }
}
