package io.gradstep.fused;

import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.Set;

/** The rule of one update, run over its memory. Made once and used in each step. */
final class StepWork<T> extends ProgramWork<T> {
    private final Update<T> update;
    private final Kernels kernels;
    private final boolean[] isLoaded;
    private final boolean[] isStored;
    /** For any stretch of arrays; made when it is first needed. */
    private Kernel stretch;
    /** For whole tiles; made when it is first needed. */
    private Kernel tile;

    StepWork(Update<T> update, Program program, Kernels kernels) {
        super(update, program);
        this.update = update;
        this.kernels = kernels;
        this.isLoaded = flags(program.loop().loads());
        this.isStored = flags(program.loop().storedArrays());
    }

    private boolean[] flags(Set<Integer> indices) {
        boolean[] flags = new boolean[program.places().size()];
        indices.forEach(index -> flags[index] = true);
        return flags;
    }

    TensorVariable<T> variable() {
        return update.variable();
    }

    /** All that may throw, before anything is written. */
    void prepare() {
        computeNumbers();
        int length = operands.length();
        boolean hasStretch = operands.allInPlace() ? length > 0 : length % Tiles.SIZE > 0;
        if (hasStretch && stretch == null) {
            stretch = kernels.of(new KernelForm(program.loop(), program.dtype(), false));
        }
        if (!operands.allInPlace() && length >= Tiles.SIZE && tile == null) {
            tile = kernels.of(new KernelForm(program.loop(), program.dtype(), true));
        }
    }

    // ---- memory that is shared

    void addWritten(Overlaps written) {
        for (int index : operands.used()) {
            if (isStored[index]) {
                operands.addWritten(index, written);
            }
        }
    }

    /** Tells the tensor library what it could not see. */
    void announceWritten(HostTensors<T> tensors) {
        for (int index : operands.used()) {
            if (isStored[index]) {
                operands.announceWritten(index, tensors);
            }
        }
    }

    // ---- the work

    @Override
    void run(int unit, Scratch scratch) {
        int to = end(unit);
        for (int next = begin(unit); next < to; next += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, to - next);
            if (operands.allInPlace()) {
                stretch.run(operands.arrays(), numbers, next, next + count);
            } else {
                runTile(count == Tiles.SIZE ? tile : stretch, next, count, scratch);
            }
        }
    }

    private void runTile(Kernel kernel, int from, int count, Scratch scratch) {
        Object[] arrays = scratch.arrays(program.places().size());
        for (int index : operands.used()) {
            arrays[index] = tileOf(operands.memory(index), index, from, count, scratch);
        }
        kernel.run(arrays, numbers, 0, count);
        for (int index : operands.used()) {
            putBack(index, from, arrays[index], count);
        }
    }

    /** The tile itself where the memory consists of tiles, else a copy. */
    private Object tileOf(HostMemory memory, int index, int from, int count, Scratch scratch) {
        Object tile = memory.tile(from);
        if (tile != null) {
            return tile;
        }
        Object copy = scratch.tile(program.dtype(), index);
        if (isLoaded[index]) {
            memory.get(from, copy, count);
        }
        return copy;
    }

    private void putBack(int index, int from, Object tile, int count) {
        HostMemory memory = operands.memory(index);
        if (isStored[index] && memory.tile(from) == null) {
            memory.put(from, tile, count);
        }
    }
}
