package io.gradstep.djl;

import ai.djl.ndarray.NDArray;
import io.gradstep.ops.Backend;
import io.gradstep.ops.Ops;
import io.gradstep.ops.Slot;
import io.gradstep.ops.Slots;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.UpdateRule;
import java.util.List;

/** The rules these tests run. None has state. */
enum Rules implements UpdateRule {
    SUBTRACT_THE_GRADIENT {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assignSub(slots.variable(), slots.gradient());
        }
    },
    ASSIGN_THE_GRADIENT {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), slots.gradient());
        }
    },
    FILL_WITH_SEVEN {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            ops.assign(slots.variable(), ops.scalar(7));
        }
    },
    USE_EVERY_OPERATION {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            T x = ops.read(slots.variable());
            T gradient = slots.gradient();
            T sum = ops.add(ops.square(x), ops.divide(ops.abs(gradient), ops.scalar(3)));
            T root = ops.sqrt(ops.maximum(sum, ops.scalar(0.5)));
            ops.assignSub(slots.variable(), ops.multiply(0.001, ops.minimum(root, ops.negative(ops.sign(x)))));
        }
    },
    FAIL_HALF_WAY {
        @Override
        public <T> void step(Ops<T> ops, Slots<T> slots) {
            USE_EVERY_OPERATION.step(ops, slots);
            throw new IllegalStateException("thrown by the rule");
        }
    };

    @Override
    public List<Slot> slots() {
        return List.of();
    }

    void run(Backend<NDArray> backend, NDArray variable, NDArray gradient) {
        run(backend, backend.wrap(variable, "layer/kernel"), gradient);
    }

    void run(Backend<NDArray> backend, TensorVariable<NDArray> variable, NDArray gradient) {
        Update<NDArray> update = new Update<>(this, variable, List.of(), input -> 0);
        update.setGradient(gradient);
        backend.run(List.of(update));
    }
}
