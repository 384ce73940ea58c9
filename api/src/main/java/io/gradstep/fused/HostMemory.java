package io.gradstep.fused;

import io.gradstep.ops.DType;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Objects;

/**
 * Where the elements of a tensor lie, one after the other without a gap: in a Java array or in a buffer.
 *
 * <p><b>Assumes</b> that whoever holds this keeps the tensor alive: memory of a buffer may be given back, to be another
 * array's, as soon as its tensor is collected.
 */
public abstract sealed class HostMemory {
    /** So many columns are gone through at once: what is read of them stays in the first-level cache meanwhile. */
    private static final int COLUMNS = 512;

    private HostMemory() {}

    /**
     * A whole array.
     *
     * @param elements the elements of a float32 tensor, and no others
     * @return the memory
     */
    public static HostMemory of(float[] elements) {
        return new OfFloats(elements);
    }

    /**
     * A whole array.
     *
     * @param elements the elements of a float64 tensor, and no others
     * @return the memory
     */
    public static HostMemory of(double[] elements) {
        return new OfDoubles(elements);
    }

    /**
     * A buffer.
     *
     * @param elements the elements of a float32 tensor, and no others, from the buffer's index 0 on, in the native byte
     *     order
     * @param address where they lie, to find out whether two tensors share memory
     * @return the memory
     */
    public static HostMemory of(FloatBuffer elements, long address) {
        return new OfFloatBuffer(elements, address);
    }

    /**
     * A buffer.
     *
     * @param elements the elements of a float64 tensor, and no others, from the buffer's index 0 on, in the native byte
     *     order
     * @param address where they lie, to find out whether two tensors share memory
     * @return the memory
     */
    public static HostMemory of(DoubleBuffer elements, long address) {
        return new OfDoubleBuffer(elements, address);
    }

    static HostMemory ofArray(Object elements) {
        return elements instanceof float[] floats ? of(floats) : of((double[]) elements);
    }

    /** Float32 or float64. */
    abstract DType dtype();

    /** How many elements there are. */
    abstract int length();

    /** A new array with all elements. */
    abstract Object copy();

    /** Copies elements into an array, from its index 0 on. */
    abstract void get(int from, Object target, int count);

    /** Copies elements into an array, from its index 0 on, those at the positions given. */
    abstract void gather(int[] positions, Object target, int count);

    /**
     * Copies runs of elements into the columns of an array, of which it has all rows up to an end.
     *
     * @param positions where each run begins
     * @param target receives the elements of run i at {@code at + i}, {@code at + i + step}, … as far as they are before
     *     {@code end}
     */
    abstract void gatherColumns(int[] positions, int count, Object target, int at, int end, int step);

    /** Copies elements out of an array, from its index 0 on. */
    abstract void put(int from, Object source, int count);

    /** The array, if it is one; else null. */
    Object array() {
        return null;
    }

    /** The tile with the elements from this one on, if these are tiles; else null. */
    Object tile(int from) {
        return null;
    }

    /** The address of the first element; 0 if there is none that stays. */
    long address() {
        return 0;
    }

    /** The address after the last element; 0 if there is none that stays. */
    long end() {
        return 0;
    }

    /** Elements in a {@code float[]}. */
    static final class OfFloats extends HostMemory {
        private final float[] elements;

        private OfFloats(float[] elements) {
            this.elements = Objects.requireNonNull(elements, "elements");
        }

        @Override
        DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        Object array() {
            return elements;
        }

        @Override
        int length() {
            return elements.length;
        }

        @Override
        Object copy() {
            return elements.clone();
        }

        @Override
        void get(int from, Object target, int count) {
            System.arraycopy(elements, from, target, 0, count);
        }

        @Override
        void gather(int[] positions, Object target, int count) {
            float[] floats = (float[]) target;
            for (int i = 0; i < count; i++) {
                floats[i] = elements[positions[i]];
            }
        }

        @Override
        void gatherColumns(int[] positions, int count, Object target, int at, int end, int step) {
            float[] floats = (float[]) target;
            for (int first = 0; first < count; first += COLUMNS) {
                int last = Math.min(first + COLUMNS, count);
                for (int row = 0; at + first + (long) row * step < end; row++) {
                    int to = at + row * step;
                    for (int i = first; i < Math.min(last, end - to); i++) {
                        floats[to + i] = elements[positions[i] + row];
                    }
                }
            }
        }

        @Override
        void put(int from, Object source, int count) {
            System.arraycopy(source, 0, elements, from, count);
        }
    }

    /** Elements in a {@code double[]}. */
    static final class OfDoubles extends HostMemory {
        private final double[] elements;

        private OfDoubles(double[] elements) {
            this.elements = Objects.requireNonNull(elements, "elements");
        }

        @Override
        DType dtype() {
            return DType.FLOAT64;
        }

        @Override
        Object array() {
            return elements;
        }

        @Override
        int length() {
            return elements.length;
        }

        @Override
        Object copy() {
            return elements.clone();
        }

        @Override
        void get(int from, Object target, int count) {
            System.arraycopy(elements, from, target, 0, count);
        }

        @Override
        void gather(int[] positions, Object target, int count) {
            double[] doubles = (double[]) target;
            for (int i = 0; i < count; i++) {
                doubles[i] = elements[positions[i]];
            }
        }

        @Override
        void gatherColumns(int[] positions, int count, Object target, int at, int end, int step) {
            double[] doubles = (double[]) target;
            for (int first = 0; first < count; first += COLUMNS) {
                int last = Math.min(first + COLUMNS, count);
                for (int row = 0; at + first + (long) row * step < end; row++) {
                    int to = at + row * step;
                    for (int i = first; i < Math.min(last, end - to); i++) {
                        doubles[to + i] = elements[positions[i] + row];
                    }
                }
            }
        }

        @Override
        void put(int from, Object source, int count) {
            System.arraycopy(source, 0, elements, from, count);
        }
    }

    /** Elements of float32 in a buffer. */
    static final class OfFloatBuffer extends HostMemory {
        private final FloatBuffer elements;
        private final long address;

        private OfFloatBuffer(FloatBuffer elements, long address) {
            this.elements = Objects.requireNonNull(elements, "elements");
            this.address = address;
        }

        @Override
        DType dtype() {
            return DType.FLOAT32;
        }

        @Override
        int length() {
            return elements.limit();
        }

        @Override
        Object copy() {
            float[] copy = new float[length()];
            elements.get(0, copy);
            return copy;
        }

        @Override
        void get(int from, Object target, int count) {
            elements.get(from, (float[]) target, 0, count);
        }

        @Override
        void gather(int[] positions, Object target, int count) {
            float[] floats = (float[]) target;
            for (int i = 0; i < count; i++) {
                floats[i] = elements.get(positions[i]);
            }
        }

        @Override
        void gatherColumns(int[] positions, int count, Object target, int at, int end, int step) {
            float[] floats = (float[]) target;
            for (int first = 0; first < count; first += COLUMNS) {
                int last = Math.min(first + COLUMNS, count);
                for (int row = 0; at + first + (long) row * step < end; row++) {
                    int to = at + row * step;
                    for (int i = first; i < Math.min(last, end - to); i++) {
                        floats[to + i] = elements.get(positions[i] + row);
                    }
                }
            }
        }

        @Override
        void put(int from, Object source, int count) {
            elements.put(from, (float[]) source, 0, count);
        }

        @Override
        long address() {
            return address;
        }

        @Override
        long end() {
            return address + (long) Float.BYTES * elements.limit();
        }
    }

    /** Elements of float64 in a buffer. */
    static final class OfDoubleBuffer extends HostMemory {
        private final DoubleBuffer elements;
        private final long address;

        private OfDoubleBuffer(DoubleBuffer elements, long address) {
            this.elements = Objects.requireNonNull(elements, "elements");
            this.address = address;
        }

        @Override
        DType dtype() {
            return DType.FLOAT64;
        }

        @Override
        int length() {
            return elements.limit();
        }

        @Override
        Object copy() {
            double[] copy = new double[length()];
            elements.get(0, copy);
            return copy;
        }

        @Override
        void get(int from, Object target, int count) {
            elements.get(from, (double[]) target, 0, count);
        }

        @Override
        void gather(int[] positions, Object target, int count) {
            double[] doubles = (double[]) target;
            for (int i = 0; i < count; i++) {
                doubles[i] = elements.get(positions[i]);
            }
        }

        @Override
        void gatherColumns(int[] positions, int count, Object target, int at, int end, int step) {
            double[] doubles = (double[]) target;
            for (int first = 0; first < count; first += COLUMNS) {
                int last = Math.min(first + COLUMNS, count);
                for (int row = 0; at + first + (long) row * step < end; row++) {
                    int to = at + row * step;
                    for (int i = first; i < Math.min(last, end - to); i++) {
                        doubles[to + i] = elements.get(positions[i] + row);
                    }
                }
            }
        }

        @Override
        void put(int from, Object source, int count) {
            elements.put(from, (double[]) source, 0, count);
        }

        @Override
        long address() {
            return address;
        }

        @Override
        long end() {
            return address + (long) Double.BYTES * elements.limit();
        }
    }

    /** Elements in {@link Tiles}. Nobody else has this memory. */
    static final class OfTiles extends HostMemory {
        private final DType dtype;
        private final Object[] tiles;
        private final int length;

        OfTiles(DType dtype, int length, double number) {
            this.dtype = dtype;
            this.tiles = Tiles.filled(dtype, length, number);
            this.length = length;
        }

        @Override
        DType dtype() {
            return dtype;
        }

        @Override
        int length() {
            return length;
        }

        @Override
        Object copy() {
            throw new IllegalStateException("Nobody else has this memory, so that no step can write to it by mistake");
        }

        @Override
        void get(int from, Object target, int count) {
            for (int done = 0; done < count; ) {
                int inTile = (from + done) % Tiles.SIZE;
                int now = Math.min(count - done, Tiles.SIZE - inTile);
                System.arraycopy(tile(from + done), inTile, target, done, now);
                done += now;
            }
        }

        @Override
        void gather(int[] positions, Object target, int count) {
            for (int i = 0; i < count; i++) {
                System.arraycopy(tile(positions[i]), positions[i] % Tiles.SIZE, target, i, 1);
            }
        }

        @Override
        void gatherColumns(int[] positions, int count, Object target, int at, int end, int step) {
            for (int i = 0; i < count; i++) {
                int position = positions[i];
                for (int to = at + i; to < end; to += step) {
                    System.arraycopy(tile(position), position % Tiles.SIZE, target, to, 1);
                    position++;
                }
            }
        }

        @Override
        void put(int from, Object source, int count) {
            for (int done = 0; done < count; ) {
                int inTile = (from + done) % Tiles.SIZE;
                int now = Math.min(count - done, Tiles.SIZE - inTile);
                System.arraycopy(source, done, tile(from + done), inTile, now);
                done += now;
            }
        }

        @Override
        Object tile(int from) {
            return tiles[from / Tiles.SIZE];
        }
    }
}
