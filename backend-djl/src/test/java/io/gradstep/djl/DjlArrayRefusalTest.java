package io.gradstep.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import io.gradstep.ops.Backend;
import io.gradstep.ops.DType;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which arrays are taken, and what is said of the others. */
final class DjlArrayRefusalTest {
    private final Backend<NDArray> backend = new DjlProvider().open();
    private final NDManager owner = Engine.getEngine("PyTorch").newBaseManager();

    @AfterEach
    void close() {
        backend.close();
        owner.close();
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, FLOAT32", "FLOAT64, FLOAT64", "INT32, INT32"})
    void three_dtypes_are_known(DataType type, DType dtype) {
        assertThat(backend.dtype(owner.zeros(new Shape(2), type))).isEqualTo(dtype);
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FLOAT16", "INT8", "UINT8", "INT64", "BOOLEAN"})
    void no_other_dtype_is(DataType type) {
        NDArray array = owner.zeros(new Shape(2), type);
        assertThatThrownBy(() -> backend.dtype(array))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Received an array of " + type.name())
                .hasMessageContaining("FLOAT32 and FLOAT64")
                .hasMessageContaining("INT32 for counters");
        assertThatThrownBy(() -> backend.read(array)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backend.wrap(array, "dense/kernel"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("The tensor for dense/kernel cannot be used")
                .hasMessageContaining(type.name());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"FLOAT32", "FLOAT64", "INT32"})
    void an_unknown_dtype_is_refused_before_anything_else_is_asked(DataType type) {
        assertThatThrownBy(() -> backend.dtype(onlyOfType(type)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.name());
        assertThatThrownBy(() -> backend.wrap(onlyOfType(type), "dense/kernel"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.name());
        assertThatThrownBy(() -> backend.read(onlyOfType(type)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type.name());
    }

    /** No bfloat16 array can be made: PyTorch's adapter in DJL ends the process. */
    private static NDArray onlyOfType(DataType type) {
        return (NDArray) Proxy.newProxyInstance(
                NDArray.class.getClassLoader(), new Class<?>[] {NDArray.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getDataType")) {
                        return type;
                    }
                    throw new AssertionError(method + " of an array of " + type + " was called");
                });
    }

    @Test
    void a_counter_is_made_read_and_written_but_not_wrapped() {
        NDArray counter = owner.create(3);
        assertThat(backend.read(counter).get(0)).isEqualTo(3);
        assertThatThrownBy(() -> backend.wrap(counter, "iteration"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("iteration is INT32");
    }

    @Test
    void a_closed_array_is_refused_whether_or_not_it_was_ever_asked_for_its_dtype() {
        NDArray neverAsked = owner.create(1f);
        NDArray asked = owner.create(1f);
        backend.dtype(asked);
        neverAsked.close();
        asked.close();
        for (NDArray closed : new NDArray[] {neverAsked, asked}) {
            assertThatThrownBy(() -> backend.dtype(closed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("closed");
            assertThatThrownBy(() -> backend.wrap(closed, "dense/kernel"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("dense/kernel")
                    .hasMessageContaining("closed");
        }
    }

    @Test
    void a_sparse_array_is_to_be_made_dense() {
        NDArray sparse = owner.create(new float[] {0, 2, 0}).toSparse(SparseFormat.COO);
        assertThatThrownBy(() -> backend.wrap(sparse, "embedding/table"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("embedding/table")
                .hasMessageContaining("sparse")
                .hasMessageContaining("toDense()");
        assertThat(backend.read(sparse.toDense()).floats()).containsExactly(0, 2, 0);
    }

    @Test
    void an_array_of_another_engine_is_refused() {
        NDArray foreign = (NDArray) Proxy.newProxyInstance(
                NDArray.class.getClassLoader(),
                new Class<?>[] {NDArray.class},
                (proxy, method, arguments) ->
                        method.getName().equals("getDataType") ? DataType.FLOAT32 : (Object) false);
        assertThatThrownBy(() -> backend.dtype(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PyTorch")
                .hasMessageContaining(foreign.getClass().getName());
    }

    @Test
    void an_array_of_more_bytes_than_djl_copies_at_once_is_not_read() {
        NDArray huge = owner.create(1.0).broadcast(new Shape(1 << 28));
        assertThatThrownBy(() -> backend.read(huge))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2147483648 bytes")
                .hasMessageContaining("(268435456,)");
    }
}
