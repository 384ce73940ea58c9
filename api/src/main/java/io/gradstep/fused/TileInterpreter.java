package io.gradstep.fused;

import io.gradstep.ops.DType;

/**
 * Runs any loop without generating code: instruction by instruction over a piece of the arrays that stays in the
 * first-level cache. Slower than a compiled kernel by a factor of 2 to 6, and the same bits.
 */
final class TileInterpreter extends Kernel {
    /** So many elements are in a register. Two tiles' worth of memory traffic would leave the cache. */
    private static final int PIECE = 1024;

    private final Loop loop;
    private final ThreadLocal<Registers> registers;
    /** How many of the registers are filled with a number, and come behind those of the instructions. */
    private final int results;

    TileInterpreter(Loop loop, DType dtype) {
        this.loop = loop;
        this.results = loop.body().size();
        int numbers = loop.scalars().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
        this.registers = ThreadLocal.withInitial(() -> dtype == DType.FLOAT32
                ? new FloatRegisters(results + numbers, PIECE)
                : new DoubleRegisters(results + numbers, PIECE));
    }

    @Override
    void run(Object[] arrays, int inBuffers, double[] scalars, int from, int to) {
        Registers mine = registers.get();
        for (int scalar : loop.scalars()) {
            mine.fill(results + scalar, scalars[scalar], Math.min(PIECE, to - from));
        }
        for (int piece = from; piece < to; piece += PIECE) {
            runPiece(mine, arrays, piece, Math.min(PIECE, to - piece));
        }
    }

    private void runPiece(Registers mine, Object[] arrays, int from, int count) {
        for (int i = 0; i < results; i++) {
            Instruction instruction = loop.body().get(i);
            if (instruction instanceof Instruction.Load load) {
                mine.load(i, arrays[load.array()], from, count);
            } else if (instruction instanceof Instruction.Apply apply) {
                mine.apply(apply.op(), i, register(apply.x()), count);
            } else if (instruction instanceof Instruction.Combine combine) {
                mine.combine(combine.op(), i, register(combine.x()), register(combine.y()), count);
            }
        }
        for (Store store : loop.stores()) {
            mine.store(register(store.value()), arrays[store.array()], from, count);
        }
    }

    private int register(Node value) {
        return value instanceof Node.Scalar scalar ? results + scalar.index() : ((Node.Element) value).index();
    }
}
