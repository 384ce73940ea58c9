package io.gradstep.fused;

import io.gradstep.ops.DescribedVariable;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.VariableInfo;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * State that an executor keeps in arrays of its own, where it costs no copying and no native memory. The tensor library
 * sees it only through a twin: a variable of the library's, into which the values are copied.
 *
 * @param <T> the tensor type
 */
public final class TiledState<T> extends DescribedVariable<T> {
    private final int[] strides;
    private final Supplier<TensorVariable<T>> newTwin;
    private final Function<T, HostMemory> memoryOfTwin;
    /** Null once it is closed. */
    private HostMemory.OfTiles memory;
    /** What was shown last; null if nothing was. */
    private TensorVariable<T> shown;

    /**
     * State like a variable.
     *
     * @param reference the variable it belongs to
     * @param info its names
     * @param initial the number in every place, rounded once to the dtype
     * @param strides the order of the variable's elements, as {@link HostTensors#strides} gives it
     * @param newTwin makes a variable of the library's, of this shape, dtype and order, with any values
     * @param memoryOfTwin where the elements of the twin lie
     */
    public TiledState(
            TensorVariable<T> reference,
            VariableInfo info,
            double initial,
            int[] strides,
            Supplier<TensorVariable<T>> newTwin,
            Function<T, HostMemory> memoryOfTwin) {
        super(info, reference.dtype(), reference.shape());
        this.strides = strides;
        this.newTwin = newTwin;
        this.memoryOfTwin = memoryOfTwin;
        this.memory = new HostMemory.OfTiles(dtype(), Math.toIntExact(shape().elements()), initial);
    }

    int[] strides() {
        return strides;
    }

    @Override
    protected boolean isClosed() {
        return memory == null;
    }

    HostMemory.OfTiles memory() {
        ensureOpen();
        return memory;
    }

    /**
     * Copies the values to the host.
     *
     * @param reader copies a tensor to the host
     * @return what it gives
     * @throws IllegalStateException if this is closed
     */
    public HostTensor read(Function<T, HostTensor> reader) {
        ensureOpen();
        try (TensorVariable<T> twin = newTwin.get()) {
            copyTo(twin);
            return reader.apply(twin.value());
        }
    }

    /**
     * Takes values from the tensor library.
     *
     * @param writer writes all values into the variable that it is given
     * @throws IllegalStateException if this is closed
     */
    public void write(Consumer<TensorVariable<T>> writer) {
        ensureOpen();
        try (TensorVariable<T> twin = newTwin.get()) {
            writer.accept(twin);
            copyFrom(twin);
        }
    }

    private void copyTo(TensorVariable<T> twin) {
        HostMemory target = memoryOfTwin.apply(twin.value());
        for (int from = 0; from < memory.length(); from += Tiles.SIZE) {
            target.put(from, memory.tile(from), Math.min(Tiles.SIZE, memory.length() - from));
        }
    }

    private void copyFrom(TensorVariable<T> twin) {
        HostMemory source = memoryOfTwin.apply(twin.value());
        for (int from = 0; from < memory.length(); from += Tiles.SIZE) {
            source.get(from, memory.tile(from), Math.min(Tiles.SIZE, memory.length() - from));
        }
    }

    @Override
    public T value() {
        ensureOpen();
        if (shown == null) {
            shown = newTwin.get();
        }
        copyTo(shown);
        return shown.value();
    }

    @Override
    public void close() {
        memory = null;
        if (shown != null) {
            shown.close();
            shown = null;
        }
    }
}
