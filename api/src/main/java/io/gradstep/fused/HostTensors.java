package io.gradstep.fused;

/**
 * What a backend tells the executor of its tensors. A new one may serve each step: what it had to copy can be freed
 * when the step is done.
 *
 * @param <T> the tensor type
 */
public interface HostTensors<T> {
    /**
     * Why steps cannot work on a tensor's memory. Asked once for each tensor: the answer never changes.
     *
     * @param tensor a tensor, alive, float32 or float64
     * @return null if its elements lie in host memory without a gap; else why not, as a sentence for a log
     */
    default String hindrance(T tensor) {
        return null;
    }

    /**
     * In which order the elements of a tensor lie. Asked once for each tensor: the answer never changes.
     *
     * @param tensor a tensor without a {@link #hindrance}
     * @return null for row-major order; else how many elements to go for one step in each dimension
     */
    default int[] strides(T tensor) {
        return null;
    }

    /**
     * The Java array that a tensor consists of.
     *
     * @param tensor a tensor without a {@link #hindrance}
     * @return the {@code float[]} or {@code double[]} with all its elements in row-major order and no others, on which
     *     steps then work in place; or null, if it is no such tensor: then {@link #memory} is asked
     */
    default Object array(T tensor) {
        return null;
    }

    /**
     * Where the elements of a tensor lie. Asked anew in each step, because memory may move.
     *
     * @param tensor a tensor without a {@link #hindrance}
     * @return all elements, in the order that {@link #strides} gives
     */
    HostMemory memory(T tensor);

    /**
     * Where the elements of a gradient lie. It is only read.
     *
     * @param gradient any tensor of the variable's shape and dtype
     * @param strides the order that is needed, as {@link #strides} gives it for the variable
     * @return its own memory, or that of a copy in this order
     */
    default HostMemory gradient(T gradient, int[] strides) {
        return memory(gradient);
    }

    /**
     * Told of each tensor whose memory a step has written to, for a library that wants to know.
     *
     * @param tensor a tensor without a {@link #hindrance}
     */
    default void written(T tensor) {}
}
