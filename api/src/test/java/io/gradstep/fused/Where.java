package io.gradstep.fused;

import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import java.util.function.Function;

/** The kinds of memory in which variables and their state may lie. */
@SuppressWarnings("ImmutableEnumChecker") // the functions capture nothing
enum Where {
    /** Variable, gradient and state are arrays that are worked on in place. */
    IN_PLACE(TestTensor::inPlace, false),
    /** Variable, gradient and state are arrays. */
    ARRAYS(TestTensor::inArray, false),
    /** Variable, gradient and state are arrays, in place, but for the state, which is tiled. */
    IN_PLACE_WITH_TILED_STATE(TestTensor::inPlace, true),
    /** Variable, gradient and state are in buffers. */
    BUFFERS(TestTensor::inBuffer, false),
    /** Variable and gradient are in buffers, and the state is tiled. */
    BUFFERS_WITH_TILED_STATE(TestTensor::inBuffer, true),
    /** All is out of reach. */
    ELSEWHERE(TestTensor::elsewhere, false);

    private final Function<HostTensor, TestTensor> maker;
    private final boolean hasTiledState;

    Where(Function<HostTensor, TestTensor> maker, boolean hasTiledState) {
        this.maker = maker;
        this.hasTiledState = hasTiledState;
    }

    TestTensor tensor(HostTensor values) {
        return maker.apply(values);
    }

    /** State of a variable, with these values. */
    TensorVariable<TestTensor> state(TensorVariable<TestTensor> variable, String path, HostTensor values) {
        if (!hasTiledState) {
            return tensor(values).as(path);
        }
        TensorVariable<TestTensor> state = TestTensors.tiled(variable, path, 0);
        ((TiledState<TestTensor>) state).write(twin -> twin.value().set(values));
        return state;
    }
}
