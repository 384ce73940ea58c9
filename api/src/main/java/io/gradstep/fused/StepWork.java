package io.gradstep.fused;

import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The rule of one update, run over its memory. Made once and used in each step. */
final class StepWork<T> extends Work {
    private final Update<T> update;
    private final Program program;
    private final Kernels kernels;
    private final Operands<T> operands;
    private final boolean[] isLoaded;
    private final boolean[] isStored;
    private final ToDoubleFunction<String> inputs;
    private final double[] numbers;
    /** For any stretch of arrays; made when it is first needed. */
    private Kernel stretch;
    /** For whole tiles; made when it is first needed. */
    private Kernel tile;
    /** By index: which arrays the tile kernel reads from buffers. */
    private boolean[] fromBuffer;

    StepWork(Update<T> update, Program program, Kernels kernels) {
        this.update = update;
        this.program = program;
        this.kernels = kernels;
        this.operands = new Operands<>(update, program);
        this.isLoaded = flags(program.loop().loads());
        this.isStored = flags(program.loop().storedArrays());
        this.inputs = update::input;
        this.numbers = new double[program.scalars().size()];
        this.fromBuffer = new boolean[program.places().size()];
    }

    private boolean[] flags(Set<Integer> indices) {
        boolean[] flags = new boolean[program.places().size()];
        indices.forEach(index -> flags[index] = true);
        return flags;
    }

    Operands<T> operands() {
        return operands;
    }

    TensorVariable<T> variable() {
        return update.variable();
    }

    /** All that may throw, before anything is written. */
    void prepare() {
        program.computeScalars(inputs, numbers);
        int length = operands.length();
        boolean hasStretch = operands.allInPlace() ? length > 0 : length % Tiles.SIZE > 0;
        if (hasStretch && stretch == null) {
            stretch = kernels.of(new KernelForm(program.loop(), program.dtype(), Set.of(), false));
        }
        if (!operands.allInPlace() && length >= Tiles.SIZE) {
            prepareTileKernel();
        }
    }

    private void prepareTileKernel() {
        boolean isSame = tile != null;
        boolean readBuffers = kernels.readBuffers();
        for (int index : operands.used()) {
            boolean reads =
                    readBuffers && isLoaded[index] && operands.memory(index).buffer() != null;
            isSame &= reads == fromBuffer[index];
            fromBuffer[index] = reads;
        }
        if (!isSame) {
            tile = kernels.of(new KernelForm(loopOverTiles(), program.dtype(), buffers(), true));
        }
    }

    private Set<Integer> buffers() {
        Set<Integer> buffers = new HashSet<>();
        for (int index : operands.used()) {
            if (fromBuffer[index]) {
                buffers.add(index);
            }
        }
        return buffers;
    }

    /** What is read from a buffer is stored to an array of its own: C2 does not vectorise stores to buffers. */
    private Loop loopOverTiles() {
        List<Store> stores = new ArrayList<>();
        for (Store store : program.loop().stores()) {
            stores.add(new Store(target(store.array()), store.value()));
        }
        return new Loop(program.loop().body(), stores);
    }

    private int target(int index) {
        return fromBuffer[index] ? program.places().size() + index : index;
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
    int elements() {
        return operands.length();
    }

    @Override
    int units() {
        return (operands.length() + UNIT - 1) / UNIT;
    }

    @Override
    void run(int unit, Scratch scratch) {
        int from = unit * UNIT;
        int to = Math.min(operands.length() - from, UNIT) + from;
        for (int next = from; next < to; next += Tiles.SIZE) {
            int count = Math.min(Tiles.SIZE, to - next);
            if (operands.allInPlace()) {
                stretch.run(operands.arrays(), 0, numbers, next, next + count);
            } else if (count == Tiles.SIZE) {
                runTile(next, scratch);
            } else {
                runLastTile(next, count, scratch);
            }
        }
    }

    private void runTile(int from, Scratch scratch) {
        Object[] arrays = scratch.arrays(2 * program.places().size());
        for (int index : operands.used()) {
            HostMemory memory = operands.memory(index);
            if (fromBuffer[index]) {
                arrays[index] = memory.buffer();
                arrays[target(index)] = isStored[index] ? scratch.tile(program.dtype(), index) : null;
            } else {
                arrays[index] = tileOf(memory, index, from, Tiles.SIZE, scratch);
            }
        }
        tile.run(arrays, from, numbers, 0, Tiles.SIZE);
        for (int index : operands.used()) {
            putBack(index, from, arrays[target(index)], Tiles.SIZE);
        }
    }

    private void runLastTile(int from, int count, Scratch scratch) {
        Object[] arrays = scratch.arrays(program.places().size());
        for (int index : operands.used()) {
            arrays[index] = tileOf(operands.memory(index), index, from, count, scratch);
        }
        stretch.run(arrays, 0, numbers, 0, count);
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
