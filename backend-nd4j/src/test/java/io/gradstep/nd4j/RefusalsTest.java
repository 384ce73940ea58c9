package io.gradstep.nd4j;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gradstep.ops.Backend;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What cannot be used is refused, and the message says what can. */
class RefusalsTest {
    private final Backend<INDArray> backend = new Nd4jProvider().open();

    @ParameterizedTest
    @EnumSource(names = {"HALF", "BFLOAT16", "BOOL", "LONG", "SHORT", "BYTE", "UBYTE", "UINT16", "UINT32", "UINT64"})
    void arrays_of_other_types_are_refused(DataType type) {
        INDArray array = Nd4j.create(type, 2, 3);
        assertThatThrownBy(() -> backend.dtype(array))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type + " is not supported")
                .hasMessageContaining("Use FLOAT or DOUBLE")
                .hasMessageContaining("castTo");
        assertThatThrownBy(() -> backend.wrap(array, "dense/kernel"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(type + " is not supported");
    }

    @Test
    void text_is_refused() {
        assertThatThrownBy(() -> backend.dtype(Nd4j.create("one", "two")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("UTF8 is not supported");
    }

    @Test
    void closed_arrays_are_refused() {
        INDArray array = Nd4j.create(DataType.FLOAT, 4);
        INDArray view = array.get(NDArrayIndex.interval(1, 3));
        array.close();
        for (INDArray closed : new INDArray[] {array, view}) {
            assertThatThrownBy(() -> backend.dtype(closed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("closed")
                    .hasMessageContaining("Pass an array that is still open");
            assertThatThrownBy(() -> backend.read(closed)).hasMessageContaining("closed");
            assertThatThrownBy(() -> backend.wrap(closed, "w")).hasMessageContaining("closed");
        }
    }
}
