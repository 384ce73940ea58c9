package io.gradstep.fused;

import io.gradstep.ops.Binary;
import io.gradstep.ops.Unary;

/** The intermediate values of a {@link TileInterpreter}, of one thread: each register is a short array. */
interface Registers {
    /** {@code target[..] ← value}. */
    void fill(int target, double value, int count);

    /** {@code target[i] ← array[from + i]}. */
    void load(int target, Object array, int from, int count);

    /** {@code array[from + i] ← source[i]}. */
    void store(int source, Object array, int from, int count);

    /** {@code target[i] ← op(x[i])}. */
    void apply(Unary op, int target, int x, int count);

    /** {@code target[i] ← op(x[i], y[i])}. */
    void combine(Binary op, int target, int x, int y, int count);
}
