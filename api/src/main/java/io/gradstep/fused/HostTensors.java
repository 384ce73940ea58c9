package io.gradstep.fused;

/**
 * What a backend tells the executor of its tensors. A new one may serve each step: what it had to copy can be freed
 * when the step is done.
 *
 * @param <T> the tensor type
 */
public interface HostTensors<T> {
    /**
     * The Java array that a tensor consists of.
     *
     * @param tensor a tensor, alive, float32 or float64
     * @return the {@code float[]} or {@code double[]} with all its elements in row-major order and no others, on which
     *     steps then work in place; or null, if it is no such tensor: then {@link #memory} is asked
     */
    default Object array(T tensor) {
        return null;
    }

    /**
     * Where the elements of a tensor lie. Asked anew in each step, because memory may move.
     *
     * @param tensor a tensor, alive, float32 or float64
     * @return all elements without a gap, in the order that {@link #strides} gives; or {@link HostMemory#elsewhere}
     */
    HostMemory memory(T tensor);

    /**
     * In which order the elements of a tensor lie. A tensor never changes it.
     *
     * @param tensor a tensor whose {@link #memory} can be reached
     * @return null for row-major order; else how many elements to go for one step in each dimension
     */
    default int[] strides(T tensor) {
        return null;
    }

    /**
     * Where the elements of a gradient lie.
     *
     * @param gradient a tensor
     * @param strides the order that is needed, as {@link #strides} gives it
     * @return the tensor's own memory, or that of a copy in this order; or {@link HostMemory#elsewhere}
     */
    default HostMemory gradient(T gradient, int[] strides) {
        return memory(gradient);
    }
}
