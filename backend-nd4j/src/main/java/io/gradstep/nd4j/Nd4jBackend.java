package io.gradstep.nd4j;

import io.gradstep.fused.HostExecutor;
import io.gradstep.fused.TiledState;
import io.gradstep.ops.Backend;
import io.gradstep.ops.BackendProvider;
import io.gradstep.ops.DType;
import io.gradstep.ops.EagerOps;
import io.gradstep.ops.Execution;
import io.gradstep.ops.Expression;
import io.gradstep.ops.HostTensor;
import io.gradstep.ops.PairwiseSum;
import io.gradstep.ops.Shape;
import io.gradstep.ops.TensorVariable;
import io.gradstep.ops.Update;
import io.gradstep.ops.VariableInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** ND4J arrays, run fused where their memory can be reached, else eagerly. */
@SuppressWarnings("try") // scopes outside workspaces are only opened and closed
final class Nd4jBackend implements Backend<INDArray> {
    static final String ID = "nd4j";

    /** Null if everything is to be run eagerly. */
    private final HostExecutor<INDArray> executor;

    Nd4jBackend(BackendProvider.Options options) {
        executor = options.execution().isFused() ? new HostExecutor<>(options) : null;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Class<INDArray> tensorType() {
        return INDArray.class;
    }

    @Override
    public DType dtype(INDArray tensor) {
        if (tensor.wasClosed()) {
            throw new IllegalArgumentException(
                    "The array is closed: its memory was given back. Pass an array that is still open");
        }
        return switch (tensor.dataType()) {
            case FLOAT -> DType.FLOAT32;
            case DOUBLE -> DType.FLOAT64;
            case INT -> DType.INT32;
            default ->
                throw new IllegalArgumentException(
                        tensor.dataType() + " is not supported. Use FLOAT or DOUBLE: castTo(DataType.FLOAT)");
        };
    }

    @Override
    public Shape shape(INDArray tensor) {
        return Shape.of(tensor.shape());
    }

    @Override
    public INDArray tensor(HostTensor values) {
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            return OwnArrays.copyOf(values);
        }
    }

    @Override
    public HostTensor read(INDArray tensor) {
        DType dtype = dtype(tensor);
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            return OwnArrays.read(tensor, dtype);
        }
    }

    @Override
    public TensorVariable<INDArray> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        return own(info, dtype, shape, 'c', initial);
    }

    /** In the order of the variable, which is 'f' for most weights of DL4J: then one loop serves all operands. */
    @Override
    public TensorVariable<INDArray> state(TensorVariable<INDArray> reference, VariableInfo info, double initial) {
        INDArray like = reference.value();
        if (!execution(reference).mode().isFused()) {
            return own(info, reference.dtype(), reference.shape(), like.ordering(), initial);
        }
        Nd4jTensors tensors = new Nd4jTensors(List.of());
        int[] strides = tensors.strides(like);
        char order = strides == null ? 'c' : 'f';
        return new TiledState<>(
                reference,
                info,
                initial,
                strides,
                () -> own(info, reference.dtype(), reference.shape(), order, 0),
                tensors::memory);
    }

    private static TensorVariable<INDArray> own(
            VariableInfo info, DType dtype, Shape shape, char order, double initial) {
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            INDArray array = OwnArrays.filled(dtype, shape, order, initial);
            return TensorVariable.of(info, array, dtype, shape, () -> close(array));
        }
    }

    private static void close(INDArray array) {
        // The array could be had from value(), so somebody may have closed it already.
        if (array.closeable()) {
            array.close();
        }
    }

    @Override
    public HostTensor read(TensorVariable<INDArray> variable) {
        return variable instanceof TiledState<INDArray> tiled ? tiled.read(this::read) : read(variable.value());
    }

    @Override
    public void write(TensorVariable<INDArray> variable, HostTensor values) {
        variable.checkFits(values);
        if (variable instanceof TiledState<INDArray> tiled) {
            tiled.write(twin -> write(twin, values));
            return;
        }
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces();
                INDArray copy = OwnArrays.copyOf(values)) {
            OwnArrays.write(copy, variable.value());
        }
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<INDArray>> updates) {
        List<INDArray> temporaries = new ArrayList<>(0);
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            ToDoubleFunction<Update<INDArray>> eager =
                    update -> sumOfSquares(new Nd4jOps(update, temporaries).evaluate(expression), update);
            return executor == null
                    ? updates.stream().mapToDouble(eager).toArray()
                    : executor.sumsOfSquares(expression, updates, new Nd4jTensors(temporaries), eager);
        } finally {
            free(temporaries);
        }
    }

    private static double sumOfSquares(INDArray value, Update<INDArray> update) {
        return PairwiseSum.ofSquares(OwnArrays.read(value, update.variable().dtype()));
    }

    @Override
    public boolean allFinite(List<INDArray> tensors) {
        return executor == null
                ? Backend.super.allFinite(tensors)
                : executor.allFinite(
                        tensors,
                        new Nd4jTensors(List.of()),
                        tensor -> read(tensor).isFinite());
    }

    @Override
    public void run(List<Update<INDArray>> updates) {
        List<INDArray> temporaries = new ArrayList<>(0);
        try (MemoryWorkspace outside = OwnArrays.outsideWorkspaces()) {
            Function<Update<INDArray>, Nd4jOps> arithmetic = update -> new Nd4jOps(update, temporaries);
            if (executor == null) {
                EagerOps.run(updates, arithmetic);
            } else {
                executor.run(
                        updates,
                        new Nd4jTensors(temporaries),
                        (some, beforeStoring) -> EagerOps.run(some, arithmetic, beforeStoring));
            }
        } finally {
            free(temporaries);
        }
    }

    @Override
    public Execution execution(TensorVariable<INDArray> variable) {
        return executor == null
                ? Backend.super.execution(variable)
                : executor.execution(variable, new Nd4jTensors(List.of()));
    }

    /** Not left to the garbage collector: it sees only the small Java objects, not the memory behind them. */
    private static void free(List<INDArray> temporaries) {
        temporaries.forEach(INDArray::close);
    }

    @Override
    public void close() {
        // Arrays belong to whoever asked for them.
    }
}
