package io.gradstep.keras;

import static org.assertj.core.api.Assertions.assertThat;

import io.gradstep.ops.DType;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.Shape;
import io.jhdf.HdfFile;
import io.jhdf.api.Dataset;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What we write, another reader reads too: ours could make the mistakes of our writer. */
class JhdfReadsOursTest {
    @TempDir
    private Path folder;

    static List<String> goldenNames() {
        return GoldenFiles.NAMES;
    }

    private HdfFile written(WeightsFile weights) throws IOException {
        Path target = folder.resolve("new.weights.h5");
        weights.writeTo(target);
        return new HdfFile(target);
    }

    private static void assertSame(String path, HostTensor expected, Dataset actual) {
        long[] shape = Arrays.stream(actual.getDimensions()).asLongStream().toArray();
        assertThat(shape).as(path).isEqualTo(expected.shape().lengths());
        Object values = expected.shape().rank() == 0 ? actual.getData() : actual.getDataFlat();
        switch (expected.dtype()) {
            case FLOAT32 ->
                assertThat(values instanceof Float one ? new float[] {one} : (float[]) values)
                        .as(path)
                        .isEqualTo(expected.floats());
            case FLOAT64 ->
                assertThat(values instanceof Double one ? new double[] {one} : (double[]) values)
                        .as(path)
                        .isEqualTo(expected.doubles());
            case INT32 ->
                assertThat(values instanceof Integer one ? new int[] {one} : (int[]) values)
                        .as(path)
                        .isEqualTo(expected.ints());
        }
    }

    @ParameterizedTest
    @MethodSource("goldenNames")
    void every_tree_that_keras_wrote(String name) throws IOException {
        WeightsFile weights = new WeightsFile();
        try (KerasFile golden = KerasFile.open(GoldenFiles.in(folder, name + ".weights.h5"))) {
            for (StoredArray array : golden.arrays()) {
                weights.array(array.path(), golden.array(array.path()));
            }
            golden.groups()
                    .forEach(group ->
                            golden.attributes(group).forEach((key, text) -> weights.attribute(group, key, text)));
            try (HdfFile file = written(weights)) {
                for (StoredArray array : golden.arrays()) {
                    assertSame(array.path(), golden.array(array.path()), file.getDatasetByPath(array.path()));
                }
                for (String group : golden.groups()) {
                    Map<String, Object> attributes = new LinkedHashMap<>();
                    (group.isEmpty() ? file : file.getByPath(group))
                            .getAttributes()
                            .forEach((key, attribute) -> attributes.put(key, attribute.getData()));
                    assertThat(attributes).as(group).isEqualTo(golden.attributes(group));
                }
            }
        }
    }

    @Test
    void every_dtype_and_rank() throws IOException {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            for (Shape shape :
                    List.of(Shape.scalar(), Shape.of(1), Shape.of(3), Shape.of(2, 3), Shape.of(2, 3, 4, 5))) {
                HostTensor array = HostTensor.filled(dtype, shape, 0);
                for (int i = 0; i < array.length(); i++) {
                    array.set(i, 1.1 * i - 3);
                }
                arrays.put("group/" + dtype + "_" + shape.rank() + "_" + array.length(), array);
            }
        }
        WeightsFile weights = new WeightsFile();
        arrays.forEach(weights::array);
        try (HdfFile file = written(weights)) {
            arrays.forEach((path, array) -> assertSame(path, array, file.getDatasetByPath(path)));
        }
    }

    @Test
    void empty_arrays() throws IOException {
        WeightsFile weights = new WeightsFile();
        for (DType dtype : DType.values()) {
            weights.array(dtype.toString(), HostTensor.filled(dtype, Shape.of(0, 3), 0));
        }
        try (HdfFile file = written(weights)) {
            for (DType dtype : DType.values()) {
                Dataset dataSet = file.getDatasetByPath(dtype.toString());
                assertThat(dataSet.getDimensions()).containsExactly(0, 3);
                assertThat(dataSet.getSize()).isZero();
            }
        }
    }

    @Test
    void ten_thousand_arrays() throws IOException {
        List<HostTensor> arrays = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            arrays.add(HostTensor.of(Shape.scalar(), i));
        }
        try (HdfFile file = written(new WeightsFile().layer("dense", arrays))) {
            for (int i = 0; i < arrays.size(); i += 99) {
                String path = "layers/dense/vars/" + i;
                assertSame(path, arrays.get(i), file.getDatasetByPath(path));
            }
        }
    }

    /** Names of links it takes for ASCII, and shows as U+FFFD what is not; texts it reads. */
    @Test
    void utf8_in_attributes() throws IOException {
        WeightsFile weights = new WeightsFile()
                .attribute("", "name", "größer 👍")
                .attribute("vars", "empty", "")
                .attribute("vars", "many", "x".repeat(30_000));
        try (HdfFile file = written(weights)) {
            assertThat(file.getAttribute("name").getData()).isEqualTo("größer 👍");
            assertThat(file.getByPath("vars").getAttribute("many").getData()).isEqualTo("x".repeat(30_000));
        }
    }
}
