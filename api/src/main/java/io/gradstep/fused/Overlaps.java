package io.gradstep.fused;

import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * The memory that a step writes. Where a gradient shares some of it, the gradient has to be copied first: eagerly all
 * would be read before anything is written, but a fused step writes piece after piece.
 *
 * <p>Assumes that no two variables of a step share memory.
 */
final class Overlaps {
    private final IdentityHashMap<Object, Object> arrays = new IdentityHashMap<>();
    private long[] starts = new long[8];
    private long[] ends = new long[8];
    private int buffers;

    void clear() {
        arrays.clear();
        buffers = 0;
    }

    void addArray(Object written) {
        arrays.put(written, written);
    }

    void addMemory(HostMemory written) {
        if (written.array() != null) {
            addArray(written.array());
        }
        if (written.end() > written.address()) {
            if (buffers == starts.length) {
                starts = Arrays.copyOf(starts, 2 * buffers);
                ends = Arrays.copyOf(ends, 2 * buffers);
            }
            starts[buffers] = written.address();
            ends[buffers] = written.end();
            buffers++;
        }
    }

    /** All is added. */
    void sort() {
        // They do not overlap, so that starts and ends, each sorted by itself, still belong together.
        Arrays.sort(starts, 0, buffers);
        Arrays.sort(ends, 0, buffers);
    }

    boolean includeArray(Object read) {
        return arrays.containsKey(read);
    }

    boolean includeMemory(HostMemory read) {
        if (read.array() != null) {
            return includeArray(read.array());
        }
        // The first written memory that ends behind the beginning of what is read.
        int found = Arrays.binarySearch(ends, 0, buffers, read.address() + 1);
        int candidate = found < 0 ? -found - 1 : found;
        return candidate < buffers && starts[candidate] < read.end();
    }
}
