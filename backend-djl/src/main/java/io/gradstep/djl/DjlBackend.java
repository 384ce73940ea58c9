package io.gradstep.djl;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
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
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Arrays of PyTorch, run fused where their memory can be reached, else eagerly.
 *
 * <p>PyTorch frees no array by itself. What is made for the caller or as state hangs on this backend's manager; what
 * a call needs for a while is of {@link Temporaries}. Nothing is ever attached to a manager of somebody else.
 */
class DjlBackend implements Backend<NDArray> {
    static final String ID = "djl";

    private final NDManager manager;
    /** Null if everything is to be run eagerly. */
    private final HostExecutor<NDArray> executor;

    DjlBackend(NDManager manager, BackendProvider.Options options) {
        this.manager = manager;
        this.executor = options.execution().isFused() ? new HostExecutor<>(options) : null;
    }

    @Override
    public String id() {
        return ID;
    }

    @Override
    public Class<NDArray> tensorType() {
        return NDArray.class;
    }

    /** The data type comes first, and alone: where DJL's native code meets bfloat16, it ends the process. */
    @Override
    public DType dtype(NDArray tensor) {
        DType dtype = dtype(dataType(tensor));
        if (tensor.isReleased()) {
            throw closed(null);
        }
        Torch.checkIsPlain(tensor);
        return dtype;
    }

    private static DataType dataType(NDArray tensor) {
        try {
            return tensor.getDataType();
        } catch (IllegalStateException e) {
            throw closed(e);
        }
    }

    private static DType dtype(DataType type) {
        return switch (type) {
            case FLOAT32 -> DType.FLOAT32;
            case FLOAT64 -> DType.FLOAT64;
            case INT32 -> DType.INT32;
            default ->
                throw new IllegalArgumentException("Received an array of " + type.name()
                        + ". What works is FLOAT32 and FLOAT64, and INT32 for counters: make the array in one of "
                        + "these");
        };
    }

    private static IllegalArgumentException closed(Throwable cause) {
        return new IllegalArgumentException(
                "The array is closed: its memory was given back. Keep the manager that holds it open for as long as "
                        + "it is used",
                cause);
    }

    @Override
    public Shape shape(NDArray tensor) {
        return Torch.shape(tensor);
    }

    /** An {@link NDScope} that the caller has open closes the tensor, as it does all arrays made in it. */
    @Override
    public NDArray tensor(HostTensor values) {
        ensureOpen();
        return Torch.tensor(manager, values);
    }

    @Override
    public HostTensor read(NDArray tensor) {
        DType dtype = dtype(tensor);
        Shape shape = shape(tensor);
        ensureOpen();
        try (Temporaries temporaries = new Temporaries(manager)) {
            return Torch.read(temporaries.borrow(tensor), dtype, shape);
        }
    }

    @Override
    public TensorVariable<NDArray> variable(VariableInfo info, DType dtype, Shape shape, double initial) {
        return variable(info, dtype, shape, initial, manager.getDevice());
    }

    @Override
    public TensorVariable<NDArray> state(TensorVariable<NDArray> reference, VariableInfo info, double initial) {
        Device device = reference.value().getDevice();
        if (!execution(reference).mode().isFused()) {
            return variable(info, reference.dtype(), reference.shape(), initial, device);
        }
        return new TiledState<>(
                reference,
                info,
                initial,
                null,
                () -> variable(info, reference.dtype(), reference.shape(), 0, device),
                DjlTensors::memoryOf);
    }

    private TensorVariable<NDArray> variable(
            VariableInfo info, DType dtype, Shape shape, double initial, Device device) {
        ensureOpen();
        NDArray memory = Torch.filled(manager, device, dtype, shape, initial);
        // State made in the first step must not go with a scope that the caller opens for each step.
        NDScope.unregister(memory);
        return TensorVariable.of(info, memory, dtype, shape, memory::close);
    }

    @Override
    public HostTensor read(TensorVariable<NDArray> variable) {
        ensureOpen();
        return variable instanceof TiledState<NDArray> tiled ? tiled.read(this::read) : read(variable.value());
    }

    @Override
    public void write(TensorVariable<NDArray> variable, HostTensor values) {
        variable.checkFits(values);
        ensureOpen();
        if (variable instanceof TiledState<NDArray> tiled) {
            tiled.write(twin -> write(twin, values));
            return;
        }
        try (Temporaries temporaries = new Temporaries(manager)) {
            Torch.write(variable.value(), temporaries.tensor(values, Device.cpu()));
        }
    }

    @Override
    public double[] sumsOfSquares(Expression expression, List<Update<NDArray>> updates) {
        ensureOpen();
        try (Temporaries temporaries = new Temporaries(manager)) {
            ToDoubleFunction<Update<NDArray>> eager = update -> sumOfSquares(expression, update, temporaries);
            return executor == null
                    ? updates.stream().mapToDouble(eager).toArray()
                    : executor.sumsOfSquares(expression, updates, new DjlTensors(temporaries), eager);
        }
    }

    private static double sumOfSquares(Expression expression, Update<NDArray> update, Temporaries temporaries) {
        NDArray value = temporaries.borrow(new DjlOps(update, temporaries).evaluate(expression));
        return PairwiseSum.ofSquares(
                Torch.read(value, update.variable().dtype(), update.variable().shape()));
    }

    @Override
    public boolean allFinite(List<NDArray> tensors) {
        if (executor == null) {
            return Backend.super.allFinite(tensors);
        }
        ensureOpen();
        try (Temporaries temporaries = new Temporaries(manager)) {
            return executor.allFinite(
                    tensors, new DjlTensors(temporaries), tensor -> read(tensor).isFinite());
        }
    }

    @Override
    public void run(List<Update<NDArray>> updates) {
        ensureOpen();
        try (Temporaries temporaries = new Temporaries(manager)) {
            Function<Update<NDArray>, DjlOps> arithmetic = update -> new DjlOps(update, temporaries);
            if (executor == null) {
                EagerOps.run(updates, arithmetic);
            } else {
                executor.run(
                        updates,
                        new DjlTensors(temporaries),
                        (some, beforeStoring) -> EagerOps.run(some, arithmetic, beforeStoring));
            }
        }
    }

    @Override
    public Execution execution(TensorVariable<NDArray> variable) {
        if (executor == null) {
            return Backend.super.execution(variable);
        }
        ensureOpen();
        try (Temporaries temporaries = new Temporaries(manager)) {
            return executor.execution(variable, new DjlTensors(temporaries));
        }
    }

    private void ensureOpen() {
        if (!manager.isOpen()) {
            throw new IllegalStateException(
                    "The backend " + ID + " is closed, and its arrays with it. Open another one");
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
